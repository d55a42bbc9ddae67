// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import NIOCore

/// A request's surroundings: the connection it came by, so that a fault can cut it.
struct SimulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

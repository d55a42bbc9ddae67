// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// Writes the lab's own time into answers, past the server, which knows the right one only.
final class DateHeader: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let clock: LabClock

    init(_ clock: LabClock) {
        self.clock = clock
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = Self.unwrapOutboundIn(data), let date = clock.wrongDate else {
            context.write(data, promise: promise)
            return
        }
        head.headers.replaceOrAdd(name: "Date", value: date)
        context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
    }
}

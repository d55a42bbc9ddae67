// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// How long a certificate that a lab showed is good for; nothing else of it is looked at.
struct ShownCertificate: Sendable, Equatable {
    /// The first moment.
    var from: Date
    /// The last.
    var until: Date

    /// The dates of a certificate.
    init(_ certificate: NIOSSLCertificate) {
        from = Date(timeIntervalSince1970: TimeInterval(certificate.notValidBefore))
        until = Date(timeIntervalSince1970: TimeInterval(certificate.notValidAfter))
    }

    /// Dials a server to see what it shows, its own certificate first, and leaves at once: nothing is sent to it.
    ///
    /// - Returns: Empty if it showed nothing within the limit.
    static func chain(host: String, port: Int, limit: TimeAmount) async -> [ShownCertificate] {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        let shown = eventLoop.makePromise(of: [ShownCertificate].self)
        let timer = eventLoop.scheduleTask(in: limit) { shown.succeed([]) }
        defer { timer.cancel() }
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let channel = ClientBootstrap(group: eventLoop)
            .connectTimeout(limit)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let context = try NIOSSLContext(configuration: .makeClientConfiguration())
                    let handler = try NIOSSLClientHandler(
                        context: context,
                        serverHostname: isAddress ? nil : host,
                        customVerificationCallback: { certificates, verdict in
                            shown.succeed(certificates.map(Self.init))
                            verdict.succeed(.failed)
                        }
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: host, port: port)
        channel.whenComplete { result in
            switch result {
            case .success(let channel): channel.closeFuture.whenComplete { _ in shown.succeed([]) }
            case .failure: shown.succeed([])
            }
        }
        let chain = (try? await shown.futureResult.get()) ?? []
        channel.whenSuccess { $0.close(promise: nil) }
        return chain
    }
}

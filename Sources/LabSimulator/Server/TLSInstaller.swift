// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOSSL

/// Puts TLS in front of a connection that somebody else sets up, before its first byte has come.
final class TLSInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let tls: NIOSSLContext?

    init(_ tls: NIOSSLContext?) {
        self.tls = tls
    }

    /// What a lab shows.
    static func context(_ files: SimulatorOptions.TLSFiles) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
        let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
        )
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard let tls else { return }
        do {
            try context.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
        } catch {
            context.fireErrorCaught(error)
        }
    }
}

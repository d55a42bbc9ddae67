// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// Puts a handler right behind the HTTP parser of a connection that somebody else sets up, where requests and answers
/// are still NIO's.
final class ParserNeighbour: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let neighbour: @Sendable () -> any ChannelHandler

    init(_ neighbour: @escaping @autoclosure @Sendable () -> any ChannelHandler) {
        self.neighbour = neighbour
    }

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(neighbour(), position: .after(decoder))
        } catch {
            context.fireErrorCaught(error)
        }
    }
}

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

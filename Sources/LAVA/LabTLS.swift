// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPExchange
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Whose word counts for a lab's certificate.
struct LabAuthorities: Sendable {
    /// The PEM file they come from, or nil for those of the system.
    let file: String?

    /// Them, read once.
    let certificates: [NIOSSLCertificate]

    /// Reads those of a lab.
    ///
    /// - Throws: ``LAVAError/Kind/transport(reason:)`` if there is a file that cannot be read or holds none.
    init(_ lab: LAVALab) throws(LAVAError) {
        file = lab.authorityFile
        guard let file else {
            certificates = []
            return
        }
        do {
            certificates = try PEMFile.certificates(in: file)
        } catch {
            throw LAVAError(kind: .transport(reason: "TLS: \(file) \(error)"), requestMayHaveBeenProcessed: false)
        }
    }

    /// A client's settings: whatever lab it is, its certificate is verified, and so is its name.
    var clientConfiguration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = file == nil ? .default : .certificates(certificates)
        return configuration
    }
}

extension LAVALab {
    /// Whether the file of authorities, if there is one, can be used. A client reads it when it is made.
    ///
    /// - Throws: ``LAVAError/Kind/transport(reason:)`` if it cannot be read or holds none.
    public func checkFiles() throws(LAVAError) { _ = try LabAuthorities(self) }
}

/// Says in a person's words why no trust came about between us and a lab.
///
/// The TLS library says of a certificate only that it did not pass. So the lab is dialled once more, to see what it
/// shows: whether that has expired, or whether nobody vouches for it. Nothing is trusted, and nothing is sent, by that.
struct TLSRefusal: Sendable {
    /// Whose word counts.
    var authorities: LabAuthorities
    var host: String
    var port: Int
    /// The limit of the second look; nil if the lab can't be dialled from here, because it is reached through a proxy.
    var limit: TimeAmount?

    /// The words for an error, or nil if it is not about TLS. No request was sent, so there is no doubt either.
    func explained(_ error: any Error) async -> LAVAError? {
        guard let words = await words(for: error) else { return nil }
        return LAVAError(kind: .transport(reason: "TLS: \(words)"), requestMayHaveBeenProcessed: false)
    }

    private func words(for error: any Error) async -> String? {
        switch TLSFailure.cause(of: error) {
        case nil: nil
        case .otherName?: "the certificate is for another name than \(host)"
        case .badCertificate?: await wordsAboutCertificate()
        case .noTLS?: "what answers on port \(port) does not speak TLS"
        case let cause?: cause.words
        }
    }

    private func wordsAboutCertificate() async -> String {
        guard let limit else {
            let nobody = authorities.file.map { "no authority in \($0)" } ?? "no authority known to this system"
            return "the certificate has expired, or \(nobody) vouches for it"
        }
        let chain = await ShownCertificate.chain(host: host, port: port, limit: limit)
        let now = Date()
        if let own = chain.first {
            if own.until < now { return "the certificate has expired, on \(Self.day(own.until))" }
            if own.from > now { return "the certificate is valid from \(Self.day(own.from)) only; is a clock wrong?" }
        }
        if let above = chain.dropFirst().first(where: { $0.until < now }) {
            return "the certificate of an authority in between has expired, on \(Self.day(above.until))"
        }
        guard let file = authorities.file else {
            return "no authority known to this system vouches for the certificate; if the lab has its own, name it"
        }
        let known = authorities.certificates.map(ShownCertificate.init)
        if let latest = known.map(\.until).max(), latest < now {
            return "the authority in \(file) has expired, on \(Self.day(latest))"
        }
        return "no authority in \(file) vouches for the certificate"
    }

    private static func day(_ date: Date) -> String { String(LAVATimestamp.format(date).prefix(10)) }
}

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

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPExchange
internal import NIOCore

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

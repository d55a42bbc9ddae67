// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import JWTKit

/// The claims of an ID token (OpenID Connect Core 1.0, section 2), not yet checked.
struct IDToken: JWTPayload {
    let claims: IdentityClaims

    /// The longest token, in bytes.
    static let maximumBytes = 16 << 10
    /// How far clocks may be apart.
    private static let leeway: TimeInterval = 60

    init(from decoder: any Decoder) throws {
        claims = IdentityClaims(try [String: ClaimValue](from: decoder))
    }

    func encode(to encoder: any Encoder) throws {
        throw EncodingError.invalidValue(self, .init(codingPath: [], debugDescription: "ID tokens are only read"))
    }

    /// Called once the signature has been verified; ``check(issuer:audience:nonce:now:)`` checks the claims.
    func verify(using algorithm: some JWTAlgorithm) async throws {}

    /// The text of a claim.
    func text(_ claim: String) -> String? {
        guard case .text(let text) = claims[claim] else { return nil }
        return text
    }

    /// Checks who it is from, whom it is for and when it is valid (OpenID Connect Core 1.0, section 3.1.3.7).
    ///
    /// - Parameter nonce: The value that must have come back; `nil`: none was sent.
    /// - Throws: ``IdentityFailure/unacceptable(_:)``.
    func check(issuer: String, audience: String, nonce: String?, now: Date) throws(IdentityFailure) {
        guard text("iss") == issuer else { throw .unacceptable("is from another issuer") }
        try checkAudience(audience)
        try checkTimes(now)
        if let nonce, text("nonce") != nonce { throw .unacceptable("is not for this sign-in") }
        guard let subject = text("sub"), !subject.isEmpty, subject.utf8.count <= 255 else {
            throw .unacceptable("does not have a claim sub of at most 255 characters")
        }
    }

    private func checkAudience(_ audience: String) throws(IdentityFailure) {
        let audiences = claims["aud"]?.texts ?? []
        guard audiences.contains(audience) else {
            throw .unacceptable("is for the audience \(Self.quoted(audiences)), not for \(audience)")
        }
        guard let party = text("azp") else {
            if audiences.count > 1 { throw .unacceptable("is for several audiences and does not have a claim azp") }
            return
        }
        // One audience is enough: Google names the service account there.
        if audiences.count > 1, party != audience { throw .unacceptable("is for the party \(Self.quoted([party]))") }
    }

    private func checkTimes(_ now: Date) throws(IdentityFailure) {
        let seconds = now.timeIntervalSince1970
        guard let end = number("exp") else { throw .unacceptable("does not have a claim exp") }
        guard end > seconds - Self.leeway else { throw .unacceptable("expired \(Self.ago(seconds - end)) ago") }
        if let begin = number("nbf"), begin > seconds + Self.leeway { throw .unacceptable("is not valid yet") }
        guard let issued = number("iat") else { throw .unacceptable("does not have a claim iat") }
        if issued > seconds + Self.leeway { throw .unacceptable("is not valid yet") }
    }

    /// When it was made; checked, so that it is no later than now.
    var issuedAt: Date { Date(timeIntervalSince1970: max(0, number("iat") ?? 0)) }

    private func number(_ claim: String) -> Double? {
        guard case .number(let number) = claims[claim] else { return nil }
        return number
    }

    private static func quoted(_ texts: [String]) -> String {
        guard !texts.isEmpty else { return "of nobody" }
        return texts.prefix(5).map { HarmlessText.line($0, limit: 100) }.joined(separator: ", ")
    }

    private static func ago(_ seconds: Double) -> String {
        seconds < 120 ? "\(Int(max(0, seconds))) s" : seconds < 7_200 ? "\(Int(seconds / 60)) min" : "long"
    }
}

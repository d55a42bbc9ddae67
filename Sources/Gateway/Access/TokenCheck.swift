// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// Finds the holder of a token, and takes the request from somebody's allowance before the database is asked for anything.
///
/// A good token has an allowance of its own, which nobody else can use up; any other counts against the address that it
/// comes from, as a guess. Every door at which a token is shown asks here.
struct TokenCheck: Sendable {
    let access: AccessPolicy
    let allowances: Allowances

    /// Whether a token was good when last seen.
    func isKnown(_ text: String) -> Bool { access.known.id(of: TokenText.hash(of: text)) != nil }

    /// The holder of a token, whose allowance the request counts against; `nil` for one that is not good, which has been
    /// counted as a guess.
    ///
    /// - Throws: ``Refusal`` 429.
    func holder(of text: String, from address: String?) async throws -> Caller? {
        guard text.utf8.count <= TokenText.maximumLength else {
            try allowances.take(from: address)
            return nil
        }
        let hash = TokenText.hash(of: text)
        let known = try charge(hash, from: address)
        if let caller = try await access.caller(hash: hash) {
            if known == nil, let id = caller.tokenID {
                access.known.add(hash, id)
                allowances.giveBack(to: address)
                try allowances.take(token: id)
            }
            return caller
        }
        if known != nil {
            access.known.remove(hash)
            try allowances.take(from: address)
        }
        return nil
    }

    /// Counts a request whose token says nothing of who makes it.
    ///
    /// - Throws: ``Refusal`` 429.
    func charge(_ text: String, from address: String?) throws(Refusal) {
        _ = try charge(TokenText.hash(of: text), from: address)
    }

    /// - Returns: the token's row, if it was good when last seen.
    private func charge(_ hash: [UInt8], from address: String?) throws(Refusal) -> UUID? {
        guard let id = access.known.id(of: hash) else {
            try allowances.take(from: address)
            return nil
        }
        try allowances.take(token: id)
        return id
    }
}

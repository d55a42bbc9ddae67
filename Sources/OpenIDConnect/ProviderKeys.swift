// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Foundation
import JWTKit

/// The metadata and the public keys of a provider, as last read.
///
/// They are read when they are needed first, and again when a token names a key that is not among them, or after an hour:
/// providers change their keys. A flood of tokens with invented keys asks the provider no more often than
/// `key_refresh_seconds` allows, and of callers that come meanwhile one asks for all.
actor ProviderKeys {
    /// What was read.
    struct Known: Sendable {
        let metadata: ProviderMetadata
        let keys: [String: JWK]
        let readAt: ContinuousClock.Instant
    }

    private let provider: FleetConfiguration.IdentityProvider
    private var known: Known?
    private var reading: Task<Result<Known, IdentityFailure>, Never>?
    private var triedAt: ContinuousClock.Instant?
    private var lastFailure: IdentityFailure?

    private static let longestUse = Duration.seconds(3_600)
    /// How long keys are used on if the provider can't be reached.
    private static let longestUseOnFailure = Duration.seconds(86_400)
    /// After a failure, the same is said for so long without asking again.
    private static let pauseAfterFailure = Duration.seconds(5)
    private static let maximumKeys = 100

    init(provider: FleetConfiguration.IdentityProvider) { self.provider = provider }

    /// The provider's metadata.
    ///
    /// - Throws: ``IdentityFailure/unavailable(provider:reason:)``.
    func metadata() async throws(IdentityFailure) -> ProviderMetadata { try await current(with: nil).metadata }

    /// Keys that include the one of this name if the provider has it.
    ///
    /// - Throws: ``IdentityFailure/unavailable(provider:reason:)``.
    func keys(with name: String) async throws(IdentityFailure) -> Known { try await current(with: name) }

    private func current(with name: String?) async throws(IdentityFailure) -> Known {
        let now = ContinuousClock.now
        if let known {
            let hasName = name.map { known.keys[$0] != nil } ?? true
            let isFresh = now - known.readAt < Self.longestUse
            let mayAsk = triedAt.map { now - $0 >= provider.keyRefresh } ?? true
            if hasName, isFresh || !mayAsk && now - known.readAt < Self.longestUseOnFailure { return known }
            if !mayAsk {
                guard now - known.readAt < Self.longestUseOnFailure else {
                    throw lastFailure
                        ?? .unavailable(provider: provider.name, reason: "has not sent its keys for a day")
                }
                return known
            }
        } else if let lastFailure, let triedAt, now - triedAt < Self.pauseAfterFailure {
            throw lastFailure
        }
        do {
            return try await read().get()
        } catch {
            guard let known, ContinuousClock.now - known.readAt < Self.longestUseOnFailure else { throw error }
            return known
        }
    }

    private func read() async -> Result<Known, IdentityFailure> {
        if let reading { return await reading.value }
        triedAt = ContinuousClock.now
        let provider = provider
        let task = Task { () -> Result<Known, IdentityFailure> in
            do throws(IdentityFailure) { return .success(try await Self.read(of: provider)) } catch {
                return .failure(error)
            }
        }
        reading = task
        let result = await task.value
        reading = nil
        switch result {
        case .success(let new): (known, lastFailure) = (new, nil)
        case .failure(let failure): lastFailure = failure
        }
        return result
    }

    private static func read(of provider: FleetConfiguration.IdentityProvider) async throws(IdentityFailure) -> Known {
        let metadata = try await ProviderMetadata.read(of: provider)
        let connection = ProviderConnection(provider: provider)
        let answer = try await connection.get(metadata.jwksURI)
        guard answer.status == 200, let set = try? JSONDecoder().decode(KeySet.self, from: answer.body) else {
            throw connection.failure("sent no keys (HTTP \(answer.status))")
        }
        var keys: [String: JWK] = [:]
        // A key of a kind that is not known, or that is for encryption, is no reason to refuse the others.
        for key in set.keys.prefix(maximumKeys).compactMap(\.key) {
            if let name = key.keyIdentifier?.string { keys[name] = key }
        }
        guard !keys.isEmpty else { throw connection.failure("has no key that can verify an ID token") }
        return Known(metadata: metadata, keys: keys, readAt: ContinuousClock.now)
    }
}

/// A JWK Set (RFC 7517, section 5).
private struct KeySet: Decodable {
    let keys: [Entry]

    struct Entry: Decodable {
        /// The key; `nil` if it is not for signatures, or is of another kind.
        let key: JWK?

        private enum CodingKeys: String, CodingKey { case use }

        init(from decoder: any Decoder) throws {
            let use = try? decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .use)
            key = (use ?? "sig") == "sig" ? try? JWK(from: decoder) : nil
        }
    }
}

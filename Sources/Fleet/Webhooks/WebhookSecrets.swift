// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What an added webhook signs with: secrets that were made for it, and for some time also what it signed with before.
package struct WebhookSecrets: Codable, Sendable, Hashable, CustomStringConvertible {
    /// One of them.
    package struct Entry: Codable, Sendable, Hashable {
        /// `whsec_` and base64; `nil` stands for what the configuration has.
        package var secret: String?
        /// Until when it signs, in seconds since 1970; `nil` for the present one.
        package var until: Double?
    }

    /// The present one first.
    package private(set) var all: [Entry]

    /// The most that sign at once: a receiver tries each.
    package static let maximum = 4
    /// How long the one before signs by itself.
    package static let keptSeconds = 86_400
    /// What can be chosen for that.
    package static let keptRange = 0...2_592_000

    /// A new secret, and those before as long as they still sign.
    package init(_ secret: String, after earlier: WebhookSecrets?, keepingFor seconds: Int, now: Date) {
        let end = now.timeIntervalSince1970 + Double(seconds)
        // Another rotation does not end what a receiver may still know.
        let kept = (earlier?.all ?? [Entry()]).map { Entry(secret: $0.secret, until: min($0.until ?? end, end)) }
        all = [Entry(secret: secret)] + kept
        all = Array(inForce(at: now).prefix(Self.maximum))
    }

    /// Those that sign now.
    package func inForce(at now: Date) -> [Entry] {
        all.filter { $0.until.map { $0 > now.timeIntervalSince1970 } ?? true }
    }

    /// When the last one before ends; `nil` if none signs any more.
    package func lastEnd(at now: Date) -> Date? {
        inForce(at: now).compactMap(\.until).max().map { Date(timeIntervalSince1970: $0) }
    }

    /// A new secret: `whsec_` and 32 bytes.
    package static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return "whsec_" + Data(bytes).base64EncodedString()
    }

    /// How many, and nothing of them.
    package var description: String { "\(all.count) secrets" }
}

/// A secret that was made for a webhook. It is shown this once.
package struct RotatedSecret: Codable, Sendable, Equatable {
    package var name: String
    package var secret: String
    /// Until when calls are also signed with what signed before; `nil`: not any more.
    package var previousUntil: Date?

    package init(name: String, secret: String, previousUntil: Date?) {
        self.name = name
        self.secret = secret
        self.previousUntil = previousUntil
    }
}

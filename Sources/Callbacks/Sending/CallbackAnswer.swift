// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// What a receiver answered.
package struct CallbackAnswer: Sendable, Equatable {
    package var status: Int
    /// How long it asks to be left alone: its `Retry-After`.
    package var retryAfter: Duration?
    /// Where a redirect points, fit to be shown.
    package var location: String?
    /// The beginning of the body, fit to be stored and shown.
    package var excerpt: String

    /// An answer from its parts.
    package init(status: Int, retryAfter: Duration?, location: String? = nil, excerpt: String) {
        self.status = status
        self.retryAfter = retryAfter
        self.location = location
        self.excerpt = excerpt
    }

    /// What the receiver says in its own words of what is wrong, where its body is JSON as GitHub, GitLab, Forgejo and
    /// Matrix write it.
    package var message: String? {
        let object = try? JSONSerialization.jsonObject(with: Data(excerpt.utf8)) as? [String: Any]
        guard let object, let words = (object["message"] ?? object["error"]) as? String, !words.isEmpty else {
            return nil
        }
        return HarmlessText.line(words, limit: Self.longestMessage)
    }

    /// How much of a receiver's words is kept, in Unicode scalars.
    private static let longestMessage = 300

    /// Why the callback counts as not taken; `nil` after a 2xx.
    package var complaint: String? {
        guard !(200..<300).contains(status) else { return nil }
        guard let location else { return "the receiver answered \(status)" }
        return "the receiver answered \(status) and points to \(location); redirects are not followed"
    }
}

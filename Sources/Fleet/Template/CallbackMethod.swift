// SPDX-License-Identifier: Apache-2.0

/// How a callback is sent.
package enum CallbackMethod: String, Sendable, Codable, CaseIterable {
    /// With a body; what a callback is unless it says otherwise.
    case post = "POST"
    /// With a body.
    case put = "PUT"
    /// With a body.
    case patch = "PATCH"
    /// Without a body: the URL says it all. SQUAD's users have such callbacks.
    case get = "GET"
}

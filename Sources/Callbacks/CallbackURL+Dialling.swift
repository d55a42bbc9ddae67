// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation

extension CallbackURL {
    /// The URL to dial.
    ///
    /// The HTTP client reads it by Foundation, which repairs what it takes for a mistake. Were it to read another host
    /// than we do, the checked address would not be the one that is dialled; were it to read another path or query,
    /// the receiver would get what nobody has sent.
    ///
    /// - Throws: ``CallbackError/unusable(_:)`` for a URL that would not be accepted today, or is read differently.
    package init(dialling text: String) throws(CallbackError) {
        do {
            try self.init(text)
        } catch {
            throw CallbackError.unusable("the callback's URL \(error)")
        }
        guard let read = URL(string: text), read.port == port, [host, "[\(host)]"].contains(read.host()),
            Self.target(of: read) == target
        else { throw CallbackError.unusable("the callback's URL can't be dialled as it was given") }
    }

    /// What the HTTP client asks for: `URL.uri` of async-http-client.
    private static func target(of read: URL) -> String {
        let components = URLComponents(url: read, resolvingAgainstBaseURL: true)
        let path = read.path(percentEncoded: false).isEmpty ? "/" : components?.percentEncodedPath ?? ""
        return path + (read.query(percentEncoded: true).map { "?\($0)" } ?? "")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Foundation
import HTTPExchange

/// Where a gateway is.
struct ServerAddress: Sendable, Equatable, CustomStringConvertible {
    /// The root, without a slash at its end.
    let root: String
    /// The host's name or number, without brackets.
    let host: String
    /// Whether it is asked over TLS.
    let isSecure: Bool

    /// The longest address, in bytes.
    private static let maximumBytes = 2_000

    var description: String { root }

    /// The address in a text.
    ///
    /// - Throws: ``CommandFailure`` for one that is none, and for one over which a token would go in clear.
    init(_ text: String, isClearAllowed: Bool) throws {
        guard text.utf8.count <= Self.maximumBytes, let parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.query == nil, parts.fragment == nil
        else { throw Self.unusable("must look like https://muster.example.com") }
        // It would be shown wherever the address is.
        guard parts.user == nil, parts.password == nil else {
            throw Self.unusable("contains a user: use a token instead")
        }
        guard parts.port.map({ (1...65_535).contains($0) }) ?? true else { throw Self.unusable("has no such port") }
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        isSecure = scheme == "https"
        guard isSecure || isClearAllowed || IPAddress.isLoopback(host: self.host) else {
            throw CommandFailure(
                .usage,
                "the token would go to \(HarmlessText.line(host)) in clear text",
                "  use an https:// address, or allow http:// with --insecure-http"
            )
        }
        var root = text
        for end in ["/", "/api/v1", "/"] where root.hasSuffix(end) { root.removeLast(end.count) }
        self.root = root
    }

    /// The proxy that it is reached through; nil if it is reached directly.
    ///
    /// - Throws: ``CommandFailure`` if the environment names something else than an HTTP proxy for it.
    func proxy(in environment: [String: String]) throws -> HTTPProxy? {
        do throws(ProxyRules.UnusableVariable) {
            guard let url = URL(string: root) else { return nil }
            return try ProxyRules(environment: environment).proxy(for: url)
        } catch {
            throw CommandFailure(
                .usage,
                "\(error.name) is not \(HTTPProxy.form)",
                "  correct it, or name \(HarmlessText.line(host)) in no_proxy"
            )
        }
    }

    private static func unusable(_ why: String) -> CommandFailure {
        CommandFailure(.usage, "the address of the server \(why)")
    }
}

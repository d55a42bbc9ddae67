// SPDX-License-Identifier: Apache-2.0

import Foundation
package import HTTPExchange

/// What somebody wants between us and a server, whatever the environment says.
package enum ProxyChoice: Sendable, Equatable {
    /// Nothing.
    case direct
    case through(HTTPProxy)
}

extension ConfigurationKind where Value == ProxyChoice {
    /// An HTTP proxy's URL, of which user and password may be part, or `none`.
    static var proxy: Self {
        Self("URL, http, or `none`; secret", isSecret: true, write: { _ in "***" }) {
            text,
            _ throws(ConfigurationComplaint) in
            if text == "none" { return .direct }
            guard let proxy = HTTPProxy(text) else {
                throw ConfigurationComplaint("must be \(HTTPProxy.form), or none")
            }
            return .through(proxy)
        }
    }
}

extension ProxyRules {
    /// The proxy for an address of the configuration; nil if it is reached directly.
    func proxy(to url: String) throws(UnusableVariable) -> HTTPProxy? {
        guard let url = URL(string: url) else { return nil }
        return try proxy(for: url)
    }

    /// What is wrong if the address of a key can't be reached because of what the environment says.
    func faults(_ place: ConfigurationPlace, _ url: String?) -> [ConfigurationFault] {
        do throws(UnusableVariable) {
            _ = try url.map { url throws(UnusableVariable) in try proxy(to: url) }
            return []
        } catch {
            let reason = "is to be reached through a proxy, but this variable is not \(HTTPProxy.form)"
            return [ConfigurationFault(key: "\(place)", source: error.name, reason: reason)]
        }
    }
}

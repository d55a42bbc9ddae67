// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation
package import HTTPExchange

/// Which proxy the environment names for which address, as curl and most programs read it: `https_proxy`, `http_proxy` and
/// `no_proxy`, or the same in capitals. `HTTP_PROXY` is left out: a web server that runs programs (CGI) puts a header of
/// its client's there.
package struct ProxyRules: Sendable, Equatable {
    /// A variable that holds no proxy's URL, although an address is to be reached through it. Its text may hold a
    /// password, and is not repeated.
    package struct UnusableVariable: Error, Equatable {
        package let name: String
    }

    private enum Rule: Equatable {
        case through(HTTPProxy)
        case unusable(UnusableVariable)
    }

    private let rules: [String: Rule]
    private let exceptions: [ProxyException]

    /// No proxy for any address.
    package static let none = ProxyRules(environment: [:])

    package init(environment: [String: String]) {
        var rules: [String: Rule] = [:]
        for (scheme, names) in [("https", ["https_proxy", "HTTPS_PROXY"]), ("http", ["http_proxy"])] {
            let set = names.lazy.compactMap { name in environment[name].map { (name, $0) } }.first { !$0.1.isEmpty }
            guard let (name, text) = set else { continue }
            rules[scheme] = HTTPProxy(text).map(Rule.through) ?? .unusable(UnusableVariable(name: name))
        }
        let list = ["no_proxy", "NO_PROXY"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        exceptions = list.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map {
            ProxyException($0.lowercased())
        }
        self.rules = rules
    }

    /// The proxy for an address; nil if it is to be reached directly.
    package func proxy(for url: URL) throws(UnusableVariable) -> HTTPProxy? {
        guard let scheme = url.scheme?.lowercased(), let rule = rules[scheme],
            let host = url.host(percentEncoded: false)?.lowercased()
        else { return nil }
        let name = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let port = url.port ?? (scheme == "https" ? 443 : 80)
        // A proxy's own loopback is not ours. Go's rule, too.
        guard name != "localhost", IPAddress(name)?.isLoopback != true else { return nil }
        guard !exceptions.contains(where: { $0.covers(name, port: port) }) else { return nil }
        switch rule {
        case .through(let proxy): return proxy
        case .unusable(let variable): throw variable
        }
    }
}

/// An entry of `no_proxy`, in small letters.
private enum ProxyException: Equatable {
    /// `*`
    case all
    /// `10.0.0.0/8`
    case network(Network)
    /// `example.org` or `.example.org`: the host itself, and what is in its domain. With a port, only for that port.
    case domain(String, port: String?)

    init(_ entry: String) {
        if entry == "*" {
            self = .all
        } else if let network = Network(entry) {
            self = .network(network)
        } else if IPAddress(entry) != nil {
            self = .domain(entry, port: nil)
        } else {
            // An IPv6 address with a port stands in brackets.
            let colon = entry.hasSuffix("]") ? nil : entry.lastIndex(of: ":")
            let host = entry[..<(colon ?? entry.endIndex)].drop { $0 == "." }
            let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
            let name = isBracketed ? String(host.dropFirst().dropLast()) : String(host)
            self = .domain(name, port: colon.map { String(entry[entry.index(after: $0)...]) })
        }
    }

    func covers(_ host: String, port: Int) -> Bool {
        switch self {
        case .all: true
        case .network(let network): IPAddress(host).map(network.contains) ?? false
        case .domain(let name, let only):
            !name.isEmpty && (only ?? "\(port)") == "\(port)" && (host == name || host.hasSuffix(".\(name)"))
        }
    }
}

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

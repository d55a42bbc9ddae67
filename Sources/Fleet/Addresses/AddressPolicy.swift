// SPDX-License-Identifier: Apache-2.0

/// Where a callback may go: to public addresses, and to what the operator allows besides.
package struct AddressPolicy: Sendable, Hashable {
    /// Networks that may be reached although they are not public.
    package let allowed: [Network]

    /// A policy with the operator's networks, as CIDRs; what is none is left out, so nothing is allowed by mistake.
    package init(allowedNetworks: [String]) {
        self.allowed = allowedNetworks.compactMap(Network.init)
    }

    /// Whether a callback may go to `address`.
    package func permits(_ address: IPAddress) -> Bool {
        !SpecialNetworks.contain(address) || allowed.contains { $0.contains(address) }
    }

    /// What is wrong with the address that `url` itself names. A name's addresses are known when it is called.
    func complaint(about url: CallbackURL) -> String? {
        guard let address = url.address, !permits(address) else { return nil }
        return "names an address that callbacks may not reach"
    }
}

/// The networks that are not the public Internet, or that may lead out of it.
///
/// From IANA's special-purpose registries for IPv4 and IPv6 (RFC 6890 and its updates). Of IPv6 only `2000::/3` is
/// given out as global unicast, so everything outside of it is special without being named: loopback, unique local,
/// link-local, multicast, and the NAT64 prefixes, in which an IPv4 address hides.
package enum SpecialNetworks {
    private static let four = networks(
        "0.0.0.0/8",  // this network
        "10.0.0.0/8",  // private
        "100.64.0.0/10",  // carrier-grade NAT
        "127.0.0.0/8",  // loopback
        "169.254.0.0/16",  // link-local, and the metadata services of clouds
        "172.16.0.0/12",  // private
        "192.0.0.0/24",  // protocol assignments
        "192.0.2.0/24",  // documentation
        "192.88.99.0/24",  // 6to4 relays
        "192.168.0.0/16",  // private
        "198.18.0.0/15",  // benchmarks
        "198.51.100.0/24",  // documentation
        "203.0.113.0/24",  // documentation
        "224.0.0.0/4",  // multicast
        "240.0.0.0/4"  // reserved, and broadcast
    )

    private static let globalUnicast = networks("2000::/3")

    private static let six = networks(
        "2001::/23",  // protocol assignments: Teredo, in which an IPv4 address hides, ORCHID, benchmarks
        "2001:db8::/32",  // documentation
        "2002::/16",  // 6to4, in which an IPv4 address hides
        "3fff::/20"  // documentation
    )

    /// Whether `address` lies in one of them.
    package static func contain(_ address: IPAddress) -> Bool {
        if address.bytes.count == 4 { return four.contains { $0.contains(address) } }
        return !globalUnicast.contains { $0.contains(address) } || six.contains { $0.contains(address) }
    }

    private static func networks(_ texts: String...) -> [Network] {
        texts.map { text in
            guard let network = Network(text) else { preconditionFailure("\(text) is not a network") }
            return network
        }
    }
}

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

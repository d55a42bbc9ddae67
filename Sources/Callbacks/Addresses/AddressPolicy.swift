// SPDX-License-Identifier: Apache-2.0

package import FleetRuntime

/// Where a callback may go: to public addresses, and to what the operator allows besides.
package struct AddressPolicy: Sendable {
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
}

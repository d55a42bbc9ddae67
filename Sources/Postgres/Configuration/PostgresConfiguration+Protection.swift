// SPDX-License-Identifier: Apache-2.0

extension PostgresConfiguration {
    /// Whether every server is on this machine: a Unix socket, `localhost` or a loopback address.
    public var isLocal: Bool {
        let addresses = additionalParameters["hostaddr"]?.split(separator: ",").map(String.init) ?? servers.map(\.host)
        return addresses.allSatisfy { Self.isLocal($0.lowercased()) }
    }

    private static func isLocal(_ address: String) -> Bool {
        if address.hasPrefix("/") || address.hasPrefix("@") || ["localhost", "::1"].contains(address) { return true }
        let isIPv4 = address.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        return isIPv4 && address.hasPrefix("127.")
    }

    /// What is weak about the connection, as a predicate; `nil` when it is local, or encrypted and verified.
    public var weakness: String? {
        guard !isLocal else { return nil }
        return switch tls {
        case .disable:
            "is neither encrypted nor verified (sslmode=disable): whoever is on the way reads and changes all of it"
        case .allow:
            "need not be encrypted and is not verified (sslmode=allow): whoever is on the way can read and change all of it"
        case .prefer:
            "need not be encrypted and is not verified (sslmode=prefer, which is the default): whoever is on the way can "
                + "read and change all of it"
        case .require:
            "is encrypted but not verified (sslmode=require): whoever is on the way can pretend to be the database"
        case .verifyCA:
            "does not prove the server's name (sslmode=verify-ca): whoever has another certificate of the same authority can "
                + "pretend to be the database"
        case .verifyFull: nil
        }
    }

    /// What to do about a ``weakness``.
    public static let advice = "sslmode=verify-full in the URL, with sslrootcert=FILE, does both"
}

// SPDX-License-Identifier: Apache-2.0

/// What an identity provider states about somebody: the claims of an ID token (RFC 7519, section 4).
package struct IdentityClaims: Sendable, Equatable {
    private let values: [String: ClaimValue]

    package init(_ values: [String: ClaimValue]) { self.values = values }

    /// The claim with this name. A dot leads into an object, as in Keycloak's `realm_access.roles`, unless a claim has
    /// exactly that name.
    package subscript(name: String) -> ClaimValue? {
        if let value = values[name] { return value }
        var value = ClaimValue.object(values)
        for part in name.split(separator: ".", omittingEmptySubsequences: false) {
            guard case .object(let members) = value, let member = members[String(part)] else { return nil }
            value = member
        }
        return value
    }
}

/// The value of a claim: any JSON.
package enum ClaimValue: Sendable, Equatable {
    case text(String)
    case number(Double)
    case truth(Bool)
    case list([ClaimValue])
    case object([String: ClaimValue])
    case null

    /// The texts that a pattern is compared with: those of a list's elements, or its own. Whole numbers have no point.
    package var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .number(let number): [Int(exactly: number).map(String.init) ?? "\(number)"]
        case .truth(let truth): ["\(truth)"]
        case .list(let values): values.filter { !$0.isList }.flatMap(\.texts)
        case .object, .null: []
        }
    }

    private var isList: Bool {
        guard case .list = self else { return false }
        return true
    }
}

extension ClaimValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let truth = try? container.decode(Bool.self) {
            self = .truth(truth)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let values = try? container.decode([ClaimValue].self) {
            self = .list(values)
        } else {
            self = .object(try container.decode([String: ClaimValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .truth(let truth): try container.encode(truth)
        case .list(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        case .null: try container.encodeNil()
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Problem {
    /// The problem that a refusal is.
    package init(_ refusal: FleetRefusal) {
        guard let (name, members) = Self.parts(of: refusal) else {
            preconditionFailure("\(refusal) has no type of problem")
        }
        let (status, title) = refusal.heading
        let detail = refusal.description
        self.init(
            type: Self.type(named: name),
            title: title,
            status: status,
            detail: detail.prefix(1).uppercased() + detail.dropFirst() + ".",
            errors: refusal.faults,
            members: members
        )
    }

    /// Whether it is of the type of such refusals, also one that an earlier version made without members.
    package func isRefusal(_ kind: FleetRefusal.CodingKeys) -> Bool { name == kind.rawValue }

    /// The refusal that this problem is; `nil` for another type of problem, or one whose members are not as they should
    /// be.
    package var refusal: FleetRefusal? {
        guard let name, let coded = try? JSONEncoder().encode([name: members]) else { return nil }
        return try? JSONDecoder().decode(FleetRefusal.self, from: coded)
    }

    private static func parts(of refusal: FleetRefusal) -> (name: String, members: [String: Member])? {
        let coded = try? JSONDecoder().decode([String: [String: Member]].self, from: JSONEncoder().encode(refusal))
        return coded?.first.map { ($0.key, $0.value) }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// Takes a multinode definition apart into its members, as LAVA does at submission.
struct MultinodeReader {
    let root: Node

    /// The largest group.
    static let maximumMembers = 64

    /// The members; none of a job on one device.
    func members() throws(Refusal) -> [Definition.Member] {
        guard let protocolNode = root.mapping?["protocols"]?.mapping?["lava-multinode"],
            let roles = protocolNode.mapping?["roles"]?.mapping
        else { return [] }
        var members: [(role: String, settings: Node.Mapping)] = []
        for (key, value) in roles {
            guard let role = key.scalar?.string, let settings = value.mapping else {
                throw .schema("required key not provided", place: "data['protocols']['lava-multinode']['roles']")
            }
            try check(settings, roles)
            let count = settings["count"]?.scalar.flatMap { Int($0.string) } ?? 1
            guard count >= 0, count <= Self.maximumMembers - members.count else {
                throw .tooFewDevices(type: settings["device_type"]?.scalar?.string ?? "")
            }
            for _ in 0..<count { members.append((role, settings)) }
        }
        let names = members.map(\.role)
        return members.enumerated().map { place, member in
            let base = Self.base(root, role: member.role, settings: member.settings)
            return Definition.Member(
                deviceType: member.settings["device_type"]?.scalar?.string,
                template: Self.template(base, member.role, names, place, namesMembers: true),
                originalTemplate: Self.template(base, member.role, names, place, namesMembers: false)
            )
        }
    }

    /// A role has devices of its own, or its members connect to the device of another role, as over ssh.
    private func check(_ settings: Node.Mapping, _ roles: Node.Mapping) throws(Refusal) {
        let (host, expected) = (settings["host_role"]?.scalar?.string, settings["expect_role"]?.scalar?.string)
        if let host {
            guard let hosting = roles[host]?.mapping else { throw .schema("'host_role' '\(host)' does not exist") }
            guard let expected else { throw .schema("'expect_role' is required when 'host_role' is used") }
            guard roles[expected] != nil else { throw .schema("'expect_role' '\(expected)' does not exist") }
            guard hosting["count"]?.scalar?.string == "1" else {
                throw .schema("The count for a role designated as a host_role must be 1.")
            }
        } else if expected != nil {
            throw .schema("'expect_role' without 'host_role'")
        }
        if let context = settings["context"], let fault = ShapeCheck.fault(in: context, JobSchema.context) {
            throw fault.refusal
        }
        switch (settings["device_type"] != nil, settings["connection"] != nil) {
        case (true, true):
            throw .schema(
                "lava-multinode protocol cannot support device_type and connection for a single role."
            )
        case (false, true) where host == nil: throw .schema("connection specified without a host_role")
        case (false, false):
            throw .schema("required key not provided", place: "data['protocols']['lava-multinode']['roles']")
        default: break
        }
    }

    /// The definition with one role's actions, device type and context.
    private static func base(_ root: Node, role: String, settings: Node.Mapping) -> Node {
        var job = root.mapping ?? [:]
        for key in ["device_type", "connection", "host_role", "context"] {
            if let value = settings[key] { job[key] = value }
        }
        let actions = job["actions"]?.sequence ?? []
        var own: [Node] = []
        for action in actions {
            guard var outer = action.mapping, let (key, value) = outer.first, var inner = value.mapping else {
                continue
            }
            let names =
                inner["role"]?.sequence.map { $0.compactMap(\.scalar?.string) } ?? [
                    inner["role"]?.scalar?.string ?? role
                ]
            guard names.contains(role) else { continue }
            inner["role"] = Node(role)
            outer[key] = .mapping(inner)
            own.append(.mapping(outer))
        }
        job["actions"] = Node(own)
        return .mapping(job)
    }

    /// The member's dump with stand-ins for what is known only at submission.
    private static func template(
        _ base: Node,
        _ role: String,
        _ roles: [String],
        _ place: Int,
        namesMembers: Bool
    ) -> String {
        guard var job = base.mapping else { return "" }
        let pairs = roles.enumerated().map { other, role in
            (Node(Definition.Member.standIn(other), Tag(.str), .singleQuoted), Node(role))
        }
        var settings: [(Node, Node)] = [
            (Node("group_size"), Node("\(roles.count)")), (Node("role"), Node(role)),
            (Node("sub_id"), Node("\(place)")),
            (Node("target_group"), Node(Definition.Member.groupStandIn)),
            (Node("timeout"), Node([(Node("minutes"), Node("3"))])),
        ]
        if namesMembers { settings.append((Node("roles"), Node(pairs))) }
        job["protocols"] = Node([(Node("lava-multinode"), Node(settings))])
        return Redump.text(.mapping(job)) ?? ""
    }
}

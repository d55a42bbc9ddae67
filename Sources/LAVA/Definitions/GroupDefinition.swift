// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// A multinode definition as its author wrote it, as far as a group in the lab can be told by it.
struct GroupDefinition {
    /// LAVA makes it the jobs' description.
    var jobName: String

    /// How many members LAVA makes of it: it counts them by `count` alone.
    var size: Int

    /// The names of its roles.
    var roles: Set<String>

    private let root: Node.Mapping

    /// Reads one; nil if it is no multinode definition, or none that can be read within limits.
    init?(_ definition: String) {
        guard let root = BoundedYAML.compose(definition), let name = root["job_name"]?.scalar?.string,
            let roles = root["protocols"]?.mapping?["lava-multinode"]?.mapping?["roles"]?.mapping
        else { return nil }
        self.root = root
        jobName = name
        self.roles = []
        size = 0
        for (role, settings) in roles {
            guard let role = role.scalar?.string else { return nil }
            self.roles.insert(role)
            let count = settings.mapping?["count"]?.scalar.flatMap { Int($0.string) } ?? 0
            guard (0...1_000_000).contains(count) else { return nil }
            size += count
        }
    }

    /// Whether LAVA can have made this member of it.
    ///
    /// What LAVA keeps of a member is a dump: comments, quotes and the order of keys are gone, numbers are written
    /// anew, and each role has its own actions only. So the texts are compared that are texts in anybody's reading,
    /// with all of a role's actions and the metadata: paths, addresses, commands, names.
    func made(_ member: LAVAGroup, dump: String) -> Bool {
        guard let role = member.role, roles.contains(role), member.size == nil || member.size == size,
            let theirs = BoundedYAML.compose(dump), let ours = Self.texts(of: root, role: role)
        else { return false }
        return ours == Self.texts(of: theirs, role: role)
    }

    private static func texts(of root: Node.Mapping, role: String) -> [String]? {
        var texts: [String] = []
        var left = BoundedYAML.maximumNodes
        for action in root["actions"]?.sequence ?? [] {
            for (_, value) in action.mapping ?? [:] where isFor(role, value) {
                guard var settings = value.mapping else { continue }
                settings["role"] = nil
                guard BoundedYAML.collect(.mapping(settings), into: &texts, left: &left) else { return nil }
            }
        }
        if let metadata = root["metadata"] {
            guard BoundedYAML.collect(metadata, into: &texts, left: &left) else { return nil }
        }
        return texts.filter(isSurelyText).sorted()
    }

    /// As LAVA decides it: a list names roles, and of a text it takes every part.
    private static func isFor(_ role: String, _ action: Node) -> Bool {
        guard let named = action.mapping?["role"] else { return false }
        if let text = named.scalar?.string { return text.contains(role) }
        return named.sequence?.contains { $0.scalar?.string == role } ?? false
    }

    /// Numbers, dates and the words for true and nothing are written anew by a dump; this is none of them. Numbers
    /// and dates have no letters but these.
    private static func isSurelyText(_ text: String) -> Bool {
        guard !text.contains("/") else { return true }
        return !words.contains(text.lowercased())
            && text.unicodeScalars.contains {
                $0.properties.isAlphabetic && !"abcdefxotz".unicodeScalars.contains($0.lowered)
            }
    }

    private static let words: Set<String> = [
        "true", "false", "yes", "no", "on", "off", "y", "n", "null", ".inf", "+.inf", "-.inf", ".nan",
    ]
}

extension Unicode.Scalar {
    /// Of an ASCII capital its small letter, else itself.
    fileprivate var lowered: Unicode.Scalar {
        (0x41...0x5A).contains(value) ? Unicode.Scalar(UInt8(value + 32)) : self
    }
}

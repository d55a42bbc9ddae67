// SPDX-License-Identifier: Apache-2.0

internal import NIOPosix
internal import YAML

/// A multinode definition as its author wrote it, as far as a group in the lab can be told by it.
struct GroupDefinition {
    /// LAVA makes it the jobs' description.
    var jobName: String

    /// How many members LAVA makes of it: it counts them by `count` alone. Nil where one of these can't be read.
    var size: Int?

    /// The names of its roles.
    var roles: Set<String>

    private let nodes: YAMLNodes

    /// What is read of a definition, whoever wrote it.
    private static let limits = YAMLNodes.Limits(bytes: 1024 * 1024)

    /// Reads one; nil if it is no multinode definition, or none that can be read within limits.
    init?(_ definition: String) {
        guard var nodes = Self.nodes(of: definition), let name = nodes.text(nodes.value("job_name", of: nodes.root))
        else { return nil }
        let protocols = nodes.value("protocols", of: nodes.root)
        let multinode = nodes.value("lava-multinode", of: protocols)
        guard let declared = nodes.value("roles", of: multinode), nodes.isMapping(declared) else { return nil }
        jobName = name
        roles = []
        size = 0
        for (role, settings) in nodes.entries(of: declared) {
            roles.insert(role)
            let count = nodes.text(nodes.value("count", of: settings)).flatMap { Int($0) }
            guard (0...1_000_000).contains(count ?? 0), size ?? 0 <= 1_000_000 else { return nil }
            if let sum = size, let count { size = sum + count } else { size = nil }
        }
        self.nodes = nodes
    }

    /// The most jobs that LAVA can make of a definition: one, or as many as its roles count.
    static func maximumSize(of definition: String) async -> Int {
        guard definition.contains("lava-multinode") else { return 1 }
        let size = try? await ParsingThreads.run { GroupDefinition(definition)?.size }
        return min(max(1, size ?? LAVASubmission.maximumSize), LAVASubmission.maximumSize)
    }

    /// Whether LAVA can have made this member of it.
    ///
    /// What LAVA keeps of a member is a dump: comments, quotes and the order of keys are gone, numbers are written
    /// anew, and each role has its own actions only. So the texts are compared that are texts in anybody's reading,
    /// with all of a role's actions and the metadata: paths, addresses, commands, names.
    func made(_ member: LAVAGroup, dump: String) -> Bool {
        guard let role = member.role, roles.contains(role), size == nil || member.size == nil || member.size == size,
            let theirs = Self.nodes(of: dump), let ours = Self.texts(of: nodes, role: role)
        else { return false }
        return ours == Self.texts(of: theirs, role: role)
    }

    private static func nodes(of text: String) -> YAMLNodes? {
        YAMLNodes(text, limits: limits)
    }

    private static func texts(of document: YAMLNodes, role: String) -> [String]? {
        var nodes = document
        var texts: [String] = []
        for action in nodes.items(of: nodes.value("actions", of: nodes.root)) ?? [] {
            for (_, settings) in nodes.entries(of: action) where isFor(role, settings, &nodes) {
                for (key, value) in nodes.entries(of: settings) where key != "role" {
                    guard nodes.collectTexts(of: value, into: &texts) else { return nil }
                }
            }
        }
        if let metadata = nodes.value("metadata", of: nodes.root) {
            guard nodes.collectTexts(of: metadata, into: &texts) else { return nil }
        }
        return nodes.isSpent ? nil : texts.filter(isSurelyText).sorted()
    }

    /// As LAVA decides it: a list names roles, and of a text it takes every part.
    private static func isFor(_ role: String, _ action: YAMLNodes.Place, _ nodes: inout YAMLNodes) -> Bool {
        let named = nodes.value("role", of: action)
        if let text = nodes.text(named) { return text.contains(role) }
        return (nodes.items(of: named) ?? []).contains { nodes.text($0) == role }
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

/// Where definitions are parsed, ours of up to 10 MiB and a lab's: not on Swift's pool, which has one thread a core and
/// would answer nobody meanwhile.
enum ParsingThreads {
    /// Does the work, unless the task is cancelled before it begins. Whoever calls has a request's worth of it at a time, so
    /// what waits is bounded by the requests that may be open.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive(work)
    }
}

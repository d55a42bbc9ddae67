// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// Writes a definition as LAVA keeps it: block style, keys sorted, comments gone, quotes only where needed.
enum Redump {
    /// The most nodes that are dumped. Aliases come out expanded, so a small text can be a huge document.
    static let maximumNodes = 20_000

    /// The dump, or nil if it would be too large.
    static func text(_ root: Node) -> String? {
        var left = maximumNodes
        guard let plain = plain(root, &left) else { return nil }
        return try? Yams.serialize(
            node: plain,
            width: 80,
            allowUnicode: true,
            sortKeys: true,
            sequenceStyle: .block,
            mappingStyle: .block
        )
    }

    private static func plain(_ node: Node, _ left: inout Int) -> Node? {
        left -= 1
        guard left > 0 else { return nil }
        switch node {
        case .scalar(let scalar):
            // A quoted text that would be a number without its quotes keeps them.
            let wasQuoted = scalar.style != .any && scalar.style != .plain
            let keepsQuotes = wasQuoted && Resolver.default.resolveTag(of: Node(scalar.string)) != .str
            return Node(scalar.string, Tag(.implicit), keepsQuotes ? .singleQuoted : .any)
        case .sequence(let sequence):
            var items: [Node] = []
            for item in sequence {
                guard let item = plain(item, &left) else { return nil }
                items.append(item)
            }
            return Node(items, Tag(.implicit), .block)
        case .mapping(let mapping):
            var pairs: [(Node, Node)] = []
            for (key, value) in mapping {
                guard let key = plain(key, &left), let value = plain(value, &left) else { return nil }
                pairs.append((key, value))
            }
            return Node(pairs, Tag(.implicit), .block)
        case .alias: return nil
        }
    }
}

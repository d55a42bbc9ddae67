// SPDX-License-Identifier: Apache-2.0

// The parser inside Yams, and nothing of Muster's: a lab must not make the mistakes of those that are tried on it. Yams
// itself hashes every key, which takes exponential time over one that is an alias of aliases, and refuses a key that
// stands there twice, of which LAVA takes the last.
internal import CYaml
internal import Yams

/// The tree of a definition, built from libyaml's events: what PyYAML refuses is refused in its words, and what would
/// grow without bound once its aliases are written out is refused as well.
struct YAMLTree: ~Copyable {
    /// The most nodes, and the deepest nesting, with all aliases written out.
    static let maximumNodes = 200_000
    static let maximumDepth = 1_000

    /// A sequence or a mapping that has begun; the keys and values of a mapping follow one another.
    private struct Open {
        var items: [Node] = []
        var isMapping: Bool
        var tag: Tag
        var style: UInt32
        var place: YAMLParser.Place
        var anchor: String?
        var size = 1
        var depth = 1
    }

    /// What an anchor stands for.
    private struct Anchored {
        var node: Node
        var size: Int
        var depth: Int
    }

    private let events: YAMLParser
    private var open: [Open] = []
    private var anchors: [String: Anchored] = [:]
    private var root: Node?

    private init(_ text: String) {
        events = YAMLParser(text)
    }

    /// The only document of a text; one without any is an empty scalar.
    static func compose(_ text: String) throws(Refusal) -> Node {
        var tree = YAMLTree(text)
        return try tree.build() ?? Node("")
    }

    private mutating func build() throws(Refusal) -> Node? {
        var documents = 0
        while let event = try events.next() {
            switch event.kind {
            case .document:
                documents += 1
                guard documents == 1 else {
                    throw .yaml(
                        "expected a single document in the stream\n\(YAMLParser.Place())\n"
                            + "but found another document\n\(event.place)"
                    )
                }
            case .scalar(let text, let tag, let style, let anchor):
                let style = Node.Scalar.Style(rawValue: style) ?? .any
                let node = Node.scalar(.init(text, try Self.tag(tag, event.place), style))
                try add(Anchored(node: node, size: 1, depth: 1), anchor, event.place)
            case .sequence(let tag, let style, let anchor), .mapping(let tag, let style, let anchor):
                guard open.count < Self.maximumDepth else { throw Self.tooLarge }
                var isMapping = false
                if case .mapping = event.kind { isMapping = true }
                let known = try Self.tag(tag, event.place)
                open.append(Open(isMapping: isMapping, tag: known, style: style, place: event.place, anchor: anchor))
            case .alias(let name):
                guard let anchored = anchors[name] else {
                    throw .yaml("found undefined alias '\(name)'\n\(event.place)")
                }
                try add(anchored, nil, event.place)
            case .end:
                guard let ended = open.popLast() else { continue }
                let node = Anchored(node: Self.node(ended), size: ended.size, depth: ended.depth)
                try add(node, ended.anchor, ended.place)
            case .other: continue
            }
        }
        return root
    }

    /// Puts a node where it belongs.
    private mutating func add(_ node: Anchored, _ anchor: String?, _ origin: YAMLParser.Place) throws(Refusal) {
        if let anchor { anchors[anchor] = node }
        guard let place = open.indices.last else {
            root = node.node
            return
        }
        let isKey = open[place].isMapping && open[place].items.count.isMultiple(of: 2)
        if isKey, node.node.scalar == nil {
            let start = open[place].place
            throw .yaml("while constructing a mapping\n\(start)\nfound unhashable key\n\(origin)")
        }
        open[place].size += node.size
        open[place].depth = max(open[place].depth, node.depth + 1)
        guard open[place].size <= Self.maximumNodes, open.count + node.depth <= Self.maximumDepth else {
            throw Self.tooLarge
        }
        open[place].items.append(node.node)
    }

    private static let tooLarge = Refusal.yaml("the document is too large, or too deep, for this lab")

    private static func node(_ ended: Open) -> Node {
        guard ended.isMapping else {
            let style = Node.Sequence.Style(rawValue: ended.style) ?? .any
            return .sequence(.init(ended.items, ended.tag, style))
        }
        var pairs: [(Node, Node)] = []
        var places: [String: Int] = [:]
        for place in stride(from: 0, to: ended.items.count - 1, by: 2) {
            let (key, value) = (ended.items[place], ended.items[place + 1])
            let name = key.scalar?.string ?? ""
            if let known = places[name], pairs[known].0 == key {
                // Of a key that stands there twice, the last value counts, in the first one's place.
                pairs[known].1 = value
            } else {
                places[name] = pairs.count
                pairs.append((key, value))
            }
        }
        let style = Node.Mapping.Style(rawValue: ended.style) ?? .any
        return .mapping(.init(pairs, ended.tag, style))
    }

    /// The tags that PyYAML's safe loader knows.
    private static let known: Set<Tag.Name> = [
        .str, .int, .float, .bool, .null, .seq, .map, .set, .omap, .pairs, .binary, .timestamp, .merge, .value,
    ]

    private static func tag(_ text: String?, _ origin: YAMLParser.Place) throws(Refusal) -> Tag {
        // A lone exclamation mark only says that it is no plain scalar.
        guard let text, text != "!" else { return Tag(.implicit) }
        let name = Tag.Name(rawValue: text)
        guard known.contains(name) else {
            throw .yaml("could not determine a constructor for the tag '\(text)'\n\(origin)")
        }
        return Tag(name)
    }
}

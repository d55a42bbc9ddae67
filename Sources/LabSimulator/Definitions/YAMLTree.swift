// SPDX-License-Identifier: Apache-2.0

// The parser inside Yams, and nothing of Muster's: a lab must not make the mistakes of those that are tried on it. Yams
// itself hashes every key, which takes exponential time over one that is an alias of aliases, and refuses a key that
// stands there twice, of which LAVA takes the last.
internal import CYaml
internal import Foundation
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
        var mergePlaces: [Int: YAMLParser.Place] = [:]
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
    /// Why no value can be made of the text, and in how many containers that is. It is told only if the whole text can be
    /// parsed: PyYAML parses first, and then begins with what is outermost.
    private var complaint: (refusal: Refusal, depth: Int)?

    private init(_ text: String) {
        events = YAMLParser(text)
    }

    /// The only document of a text; one without any is an empty scalar.
    static func compose(_ text: String) throws(Refusal) -> Node {
        // PyYAML drops a byte order mark that stands first, and no other.
        let isMarked = text.unicodeScalars.first == "\u{FEFF}"
        var tree = YAMLTree(isMarked ? String(text.unicodeScalars.dropFirst()) : text)
        let root = try tree.build() ?? Node("")
        if let complaint = tree.complaint { throw complaint.refusal }
        return root
    }

    private mutating func build() throws(Refusal) -> Node? {
        var documents = 0
        var first = YAMLParser.Place()
        while let event = try events.next() {
            switch event.kind {
            case .document:
                documents += 1
                if documents == 1 { first = event.place }
                guard documents == 1 else {
                    throw .yaml(
                        "expected a single document in the stream\n\(first)\n"
                            + "but found another document\n\(event.place)"
                    )
                }
            case .scalar(let text, let tag, let style, let anchor):
                let node = scalar(text, tag, Node.Scalar.Style(rawValue: style) ?? .any, event.place)
                try add(Anchored(node: node, size: 1, depth: 1), anchor, event.place)
            case .sequence(let tag, let style, let anchor), .mapping(let tag, let style, let anchor):
                guard open.count < Self.maximumDepth else { throw Self.tooLarge }
                var isMapping = false
                if case .mapping = event.kind { isMapping = true }
                let known = self.known(tag, event.place)
                open.append(Open(isMapping: isMapping, tag: known, style: style, place: event.place, anchor: anchor))
            case .alias(let name):
                guard let anchored = anchors[name] else {
                    throw .yaml("found undefined alias\n\(event.place)")
                }
                try add(anchored, nil, event.place)
            case .end:
                guard let ended = open.popLast() else { continue }
                let built = Anchored(node: node(ended), size: ended.size, depth: ended.depth)
                try add(built, ended.anchor, ended.place)
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
        let isHashable = !isKey || node.node.scalar != nil
        if !isHashable {
            complain("while constructing a mapping", open[place].place, "found unhashable key", origin)
        }
        let isMerged = !isKey && open[place].items.last?.kind == .merge
        if open[place].isMapping, isMerged { open[place].mergePlaces[open[place].items.count] = origin }
        open[place].size += node.size
        open[place].depth = max(open[place].depth, node.depth + 1)
        guard open[place].size <= Self.maximumNodes, open.count + node.depth <= Self.maximumDepth else {
            throw Self.tooLarge
        }
        // To compare such keys could take as long as to write out all that they stand for.
        open[place].items.append(isHashable ? node.node : Node(""))
    }

    private static let tooLarge = Refusal.yaml("the document is too large, or too deep, for this lab")

    private mutating func node(_ ended: Open) -> Node {
        guard ended.isMapping else {
            let style = Node.Sequence.Style(rawValue: ended.style) ?? .any
            return .sequence(.init(ended.items, ended.tag, style))
        }
        var merged: [(Node, Node)] = []
        var own: [(Node, Node)] = []
        for place in stride(from: 0, to: ended.items.count - 1, by: 2) {
            let (key, value) = (ended.items[place], ended.items[place + 1])
            if key.kind == .merge {
                merged += pairs(mergedFrom: value, in: ended, ended.mergePlaces[place + 1] ?? ended.place)
            } else {
                own.append((key, value))
            }
        }
        let style = Node.Mapping.Style(rawValue: ended.style) ?? .any
        return .mapping(.init(Self.unique(merged + own), ended.tag, style))
    }

    /// What `<<` brings in: a mapping's pairs, or those of a list of mappings, of which the first one's count.
    private mutating func pairs(
        mergedFrom value: Node,
        in mapping: Open,
        _ origin: YAMLParser.Place
    ) -> [(Node, Node)] {
        if let merged = value.mapping { return merged.map { ($0.key, $0.value) } }
        let context = "while constructing a mapping"
        guard let list = value.sequence else {
            let words = "expected a mapping or list of mappings for merging, but found scalar"
            complain(context, mapping.place, words, origin)
            return []
        }
        if let other = list.first(where: { $0.mapping == nil }) {
            let found = other.sequence == nil ? "scalar" : "sequence"
            complain(context, mapping.place, "expected a mapping for merging, but found \(found)", origin)
        }
        return list.reversed().flatMap { item in item.mapping?.map { ($0.key, $0.value) } ?? [] }
    }

    /// Of a key that stands there twice, the last value counts, in the first one's place.
    private static func unique(_ all: [(Node, Node)]) -> [(Node, Node)] {
        var pairs: [(Node, Node)] = []
        var places: [String: Int] = [:]
        for (key, value) in all {
            let name = key.scalar?.string ?? ""
            if let known = places[name], pairs[known].0 == key {
                pairs[known].1 = value
            } else {
                places[name] = pairs.count
                pairs.append((key, value))
            }
        }
        return pairs
    }
}

/// What PyYAML can make a value of.
extension YAMLTree {
    /// The tags that its safe loader knows.
    private static let known: Set<Tag.Name> = [
        .str, .int, .float, .bool, .null, .seq, .map, .set, .omap, .pairs, .binary, .timestamp,
    ]

    private mutating func scalar(
        _ text: String,
        _ given: String?,
        _ style: Node.Scalar.Style,
        _ origin: YAMLParser.Place
    ) -> Node {
        var tag = known(given, origin)
        if given == nil { tag = Tag(style == .plain ? PlainScalar.tag(of: text) : .str) }
        let isKey = open.last.map { $0.isMapping && $0.items.count.isMultiple(of: 2) } ?? false
        let name = Tag.Name(rawValue: tag.rawValue)
        if name == .value, isKey { tag = Tag(.str) }
        if [.value, .merge].contains(name), !isKey { complain(aboutTag: name.rawValue, origin) }
        if name == .binary, Data(base64Encoded: text) == nil {
            complain(nil, nil, "failed to decode base64 data: Incorrect padding", origin)
        }
        if let words = PlainScalar.complaint(about: text, name) { complain(.crash(words)) }
        return .scalar(.init(text, tag, style))
    }

    private mutating func known(_ text: String?, _ origin: YAMLParser.Place) -> Tag {
        // A lone exclamation mark only says that it is no plain scalar.
        guard let text else { return Tag(.implicit) }
        guard text != "!" else { return Tag(.str) }
        let name = Tag.Name(rawValue: text)
        if !Self.known.contains(name) { complain(aboutTag: text, origin) }
        return Tag(name)
    }

    private mutating func complain(aboutTag tag: String, _ origin: YAMLParser.Place) {
        complain(nil, nil, "could not determine a constructor for the tag '\(tag)'", origin)
    }

    /// Takes note of the first thing among the outermost that no value can be made of.
    private mutating func complain(_ refusal: Refusal) {
        if open.count < complaint?.depth ?? .max { complaint = (refusal, open.count) }
    }

    private mutating func complain(
        _ context: String?,
        _ start: YAMLParser.Place?,
        _ words: String,
        _ origin: YAMLParser.Place
    ) {
        complain(.yaml(YAMLParser.words(context, start, words, origin)))
    }
}

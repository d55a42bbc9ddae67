// SPDX-License-Identifier: Apache-2.0

/// A YAML document as the flat list of its nodes, for looking up what a few of its keys hold.
///
/// It is no tree: an alias is the number of the node that it stands for, nothing is hashed, and no function calls itself.
/// So reading takes time and memory in proportion to the text, whoever wrote it. Following aliases can take more, since
/// a few lines of them stand for any number of nodes; so every look counts against one allowance, and finds nothing
/// once that is spent. Keys are plain texts: a document with a list, a mapping or an alias as a key is refused, as LAVA
/// refuses the first two. Of a key that stands there twice the last one counts, as for LAVA.
package struct YAMLNodes: Sendable {
    private enum Kind {
        case scalar(String)
        case sequence
        case mapping
        /// The number of the node it stands for, which is always an earlier one that is complete.
        case alias(Int)
    }

    private struct Node {
        var kind: Kind
        /// The number behind its last descendant.
        var end: Int
        var isKey: Bool
        /// Whether the same key stands in its mapping once more: it, or its value, is as if it was not there.
        var isOverwritten = false
    }

    /// What a document may have.
    package struct Limits: Sendable {
        /// The largest text, in bytes of UTF-8.
        package var bytes: Int
        /// The most nodes, and the most that are looked at.
        package var nodes: Int
        /// The deepest nesting; never more than ``YAMLEvents/maximumDepth``.
        package var depth: Int

        package init(bytes: Int, nodes: Int = 100_000, depth: Int = YAMLEvents.maximumDepth) {
            self.bytes = bytes
            self.nodes = nodes
            self.depth = depth
        }
    }

    /// A node of the document.
    package struct Place: Sendable, Equatable {
        fileprivate let number: Int
    }

    private var nodes: [Node] = []
    /// How many nodes may still be looked at.
    private var allowance: Int

    /// Reads one document; nil if it is none, several, or more than its limits allow.
    package init?(_ text: String, limits: Limits) {
        guard text.utf8.count <= limits.bytes else { return nil }
        allowance = limits.nodes
        var events = YAMLEvents(text)
        var reading = Reading()
        while true {
            let isRead: Bool
            switch events.nextNode() {
            case .documentStart: isRead = nodes.isEmpty
            case .documentEnd: isRead = true
            case .scalar(let text, _, let anchor, _): isRead = add(.scalar(text), anchor, &reading)
            case .sequenceStart(let anchor, _): isRead = open(.sequence, anchor, &reading)
            case .mappingStart(let anchor, _): isRead = open(.mapping, anchor, &reading)
            case .sequenceEnd, .mappingEnd: isRead = close(&reading)
            case .alias(let name, _, _): isRead = alias(name, &reading)
            case .failure: isRead = false
            case .end:
                guard !nodes.isEmpty else { return nil }
                return
            }
            guard isRead, nodes.count <= limits.nodes, reading.open.count <= limits.depth else { return nil }
        }
    }

    /// The document's topmost node.
    package var root: Place { Place(number: 0) }
}

extension YAMLNodes {
    /// What is only known while the document is read.
    private struct Reading {
        var open: [Int] = []
        /// How many nodes stand directly in each of those that are open.
        var counts: [Int] = []
        var anchors: [String: Int] = [:]

        /// How many nodes stand before the one that comes, in the same sequence or mapping.
        mutating func countNext() -> Int {
            guard let last = counts.indices.last else { return 0 }
            defer { counts[last] += 1 }
            return counts[last]
        }
    }

    private func isKey(_ reading: inout Reading) -> Bool {
        let count = reading.countNext()
        guard let parent = reading.open.last, case .mapping = nodes[parent].kind else { return false }
        return count % 2 == 0
    }

    private mutating func add(_ kind: Kind, _ anchor: String?, _ reading: inout Reading) -> Bool {
        let isKey = isKey(&reading)
        if let anchor { reading.anchors[anchor] = nodes.count }
        nodes.append(Node(kind: kind, end: nodes.count + 1, isKey: isKey))
        return true
    }

    private mutating func open(_ kind: Kind, _ anchor: String?, _ reading: inout Reading) -> Bool {
        guard !isKey(&reading) else { return false }
        if let anchor { reading.anchors[anchor] = nodes.count }
        reading.open.append(nodes.count)
        reading.counts.append(0)
        // Not complete, so that it holds for no alias of itself.
        nodes.append(Node(kind: kind, end: .max, isKey: false))
        return true
    }

    private mutating func close(_ reading: inout Reading) -> Bool {
        guard let number = reading.open.popLast() else { return false }
        reading.counts.removeLast()
        nodes[number].end = nodes.count
        if case .mapping = nodes[number].kind { overwrite(in: number) }
        return true
    }

    /// Marks what a later entry of the same key overwrites.
    private mutating func overwrite(in mapping: Int) {
        var latest: [String: Int] = [:]
        var key = mapping + 1
        while key < nodes[mapping].end {
            let value = nodes[key].end
            guard value < nodes[mapping].end else { return }
            if case .scalar(let text) = nodes[key].kind {
                if let earlier = latest[text] {
                    nodes[earlier].isOverwritten = true
                    nodes[nodes[earlier].end].isOverwritten = true
                }
                latest[text] = key
            }
            key = nodes[value].end
        }
    }

    private mutating func alias(_ name: String, _ reading: inout Reading) -> Bool {
        guard !isKey(&reading), let number = reading.anchors[name], nodes[number].end <= nodes.count else {
            return false
        }
        nodes.append(Node(kind: .alias(number), end: nodes.count + 1, isKey: false))
        return true
    }
}

extension YAMLNodes {
    /// The text of a scalar; nil for anything else.
    package func text(_ place: Place?) -> String? {
        guard let place, case .scalar(let text) = nodes[target(of: place)].kind else { return nil }
        return text
    }

    /// Whether it is a mapping.
    package func isMapping(_ place: Place) -> Bool {
        if case .mapping = nodes[target(of: place)].kind { true } else { false }
    }

    /// Whether more was looked at than may be, so that what was found may not be all.
    package var isSpent: Bool { allowance <= 0 }

    /// What a mapping has under a key; nil for anything else, and for a key that is not there.
    package mutating func value(_ key: String, of place: Place?) -> Place? {
        entries(of: place).last { $0.key == key }?.value
    }

    /// The entries of a mapping, in order, each key once; none of anything else.
    package mutating func entries(of place: Place?) -> [(key: String, value: Place)] {
        guard let place, case .mapping = nodes[target(of: place)].kind else { return [] }
        let children = children(of: place)
        return stride(from: 0, to: children.count - 1, by: 2).map { index in
            (text(children[index]) ?? "", children[index + 1])
        }
    }

    /// The items of a sequence, in order; nil of anything else.
    package mutating func items(of place: Place?) -> [Place]? {
        guard let place, case .sequence = nodes[target(of: place)].kind else { return nil }
        return children(of: place)
    }

    /// Adds the texts of a node and of all below it, in no order that means anything; keys are left out.
    ///
    /// - Returns: False if there are more than may be looked at.
    package mutating func collectTexts(of place: Place, into texts: inout [String]) -> Bool {
        var pending = [place.number..<nodes[place.number].end]
        while let range = pending.popLast() {
            var next = range.lowerBound
            while next < range.upperBound {
                let number = next
                allowance -= 1
                guard allowance > 0 else { return false }
                next = nodes[number].isOverwritten ? nodes[number].end : number + 1
                guard !nodes[number].isOverwritten else { continue }
                switch nodes[number].kind {
                case .scalar(let text): if !nodes[number].isKey { texts.append(text) }
                case .alias(let target):
                    // What was a key where it stands first is a value here.
                    if case .scalar(let text) = nodes[target].kind {
                        texts.append(text)
                    } else {
                        pending.append(target..<nodes[target].end)
                    }
                case .sequence, .mapping: break
                }
            }
        }
        return true
    }

    private func target(of place: Place) -> Int {
        if case .alias(let number) = nodes[place.number].kind { number } else { place.number }
    }

    /// The nodes that stand directly in another.
    private mutating func children(of place: Place) -> [Place] {
        let parent = target(of: place)
        var children: [Place] = []
        var number = parent + 1
        while number < nodes[parent].end {
            allowance -= 1
            guard allowance > 0 else { return [] }
            if !nodes[number].isOverwritten { children.append(Place(number: number)) }
            number = nodes[number].end
        }
        return children
    }
}

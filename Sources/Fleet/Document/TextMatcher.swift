// SPDX-License-Identifier: Apache-2.0

/// Finds all of many texts in another in one pass, by the automaton of Aho and Corasick (Communications of the ACM 18,
/// 1975): the time is that of the texts and of what is searched, however many and however alike they are.
struct TextMatcher {
    private struct Node {
        /// The node of the longest end of this one's text that begins one of the texts.
        var fallback = 0
        /// The longest of the texts that ends here, in bytes; 0 for none.
        var match = 0
    }

    private var nodes = [Node()]
    /// Where each byte leads, by node and byte.
    private var edges: [Int: Int] = [:]
    /// Where each byte leads from the root: nearly all of a text is there.
    private var first = [Int](repeating: 0, count: 256)

    init(_ texts: some Sequence<String>) {
        for text in texts { add(text) }
        link()
    }

    /// What is in one of the texts, as stretches of bytes that do not touch one another, in their order.
    ///
    /// - Parameter check: Is called now and then, and may end it by throwing.
    func matches(in text: [UInt8], check: () throws -> Void) rethrows -> [Range<Int>] {
        var found: [Range<Int>] = []
        var node = 0
        for index in text.indices {
            if index % 65_536 == 65_535 { try check() }
            node = next(node, text[index])
            guard nodes[node].match > 0 else { continue }
            var range = (index + 1 - nodes[node].match)..<(index + 1)
            while let last = found.last, last.upperBound >= range.lowerBound {
                range = min(last.lowerBound, range.lowerBound)..<range.upperBound
                found.removeLast()
            }
            found.append(range)
        }
        return found
    }

    private mutating func add(_ text: String) {
        var node = 0
        for byte in text.utf8 {
            if let next = edge(node, byte) {
                node = next
            } else {
                nodes.append(Node())
                if node == 0 {
                    first[Int(byte)] = nodes.count - 1
                } else {
                    edges[node << 8 | Int(byte)] = nodes.count - 1
                }
                node = nodes.count - 1
            }
        }
        nodes[node].match = text.utf8.count
    }

    /// Level by level, since a fallback is always on one above.
    private mutating func link() {
        let links = edges.map { (parent: $0.key >> 8, byte: UInt8($0.key & 0xFF), node: $0.value) }
        var children = Dictionary(grouping: links, by: \.parent)
        var level = first.filter { $0 > 0 }
        while !level.isEmpty {
            var below: [Int] = []
            for parent in level {
                for child in children.removeValue(forKey: parent) ?? [] {
                    let fallback = next(nodes[parent].fallback, child.byte)
                    nodes[child.node].fallback = fallback
                    nodes[child.node].match = max(nodes[child.node].match, nodes[fallback].match)
                    below.append(child.node)
                }
            }
            level = below
        }
    }

    private func edge(_ node: Int, _ byte: UInt8) -> Int? {
        guard node > 0 else { return first[Int(byte)] > 0 ? first[Int(byte)] : nil }
        return edges[node << 8 | Int(byte)]
    }

    private func next(_ node: Int, _ byte: UInt8) -> Int {
        var node = node
        while true {
            if let next = edge(node, byte) { return next }
            guard node > 0 else { return 0 }
            node = nodes[node].fallback
        }
    }
}

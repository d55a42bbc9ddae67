// SPDX-License-Identifier: Apache-2.0

/// A field table: headers of a message, arguments of a queue. It keeps the order in which keys were added;
/// two tables are equal when they hold the same keys and values in whatever order.
public struct AMQPTable: Sendable {
    /// One key with its value.
    public struct Entry: Sendable, Hashable {
        /// The key, at most 255 bytes of UTF-8 on the wire.
        public let key: String
        /// The value.
        public var value: AMQPValue
    }

    /// The entries in the order in which they were added.
    public private(set) var entries: [Entry] = []

    /// An empty table.
    public init() {}

    /// A table of pairs; of keys given twice the last counts.
    public init(_ pairs: some Sequence<(String, AMQPValue)>) {
        for (key, value) in pairs { self[key] = value }
    }

    /// Whether the table holds nothing.
    public var isEmpty: Bool { entries.isEmpty }
    /// The number of entries.
    public var count: Int { entries.count }
    /// The keys in order.
    public var keys: [String] { entries.map(\.key) }

    /// The value of a key; assigning nil removes it.
    public subscript(key: String) -> AMQPValue? {
        get { entries.first { $0.key == key }?.value }
        set {
            let index = entries.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?): entries.append(Entry(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Removes all entries whose key is one of those, in one pass.
    public mutating func removeAll(where isUnwanted: (_ key: String) -> Bool) {
        entries.removeAll { isUnwanted($0.key) }
    }

    /// Appends what a peer sent, as it was sent: looking for repeated keys would cost it n² comparisons.
    mutating func appendUnchecked(key: String, value: AMQPValue) {
        entries.append(Entry(key: key, value: value))
    }

    /// Bytes this table takes on the wire.
    func encodedSize(depth: Int = 0) -> Int {
        entries.reduce(4) { $0.addingClamped(1 + $1.key.utf8.count).addingClamped($1.value.encodedSize(depth: depth)) }
    }

    private var dictionary: [String: AMQPValue] {
        Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    }
}

extension AMQPTable: Hashable {
    /// Equal when both hold the same keys with the same values, whatever the order.
    public static func == (left: AMQPTable, right: AMQPTable) -> Bool {
        left.entries == right.entries || left.dictionary == right.dictionary
    }

    /// Hashes keys and values without their order.
    public func hash(into hasher: inout Hasher) { hasher.combine(dictionary) }
}

extension AMQPTable: ExpressibleByDictionaryLiteral {
    /// A table of the given pairs; of keys given twice the last counts.
    public init(dictionaryLiteral elements: (String, AMQPValue)...) { self.init(elements) }
}

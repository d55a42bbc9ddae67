// SPDX-License-Identifier: Apache-2.0

/// Which statements one connection has prepared, at most so many; the one unused for longest goes first.
struct PreparedStatements {
    /// Equal text with equal parameter types is one prepared statement.
    struct Key: Hashable {
        var sql: String
        var types: [PostgresType]
    }

    private struct Entry {
        var name: String
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0
    private var names: UInt64 = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    var count: Int { entries.count }

    mutating func name(for key: Key) -> String? {
        uses &+= 1
        let now = uses
        guard entries[key] != nil else { return nil }
        entries[key]?.lastUse = now
        return entries[key]?.name
    }

    /// A name never used before on this connection.
    mutating func makeName() -> String {
        names &+= 1
        return "s\(names)"
    }

    /// Remembers, and returns the name of the statement that had to make room, which the server should now forget.
    mutating func insert(_ key: Key, name: String) -> String? {
        var evicted: String?
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            evicted = oldest.value.name
            entries[oldest.key] = nil
        }
        uses &+= 1
        entries[key] = Entry(name: name, lastUse: uses)
        return evicted
    }

    /// Forgets, and returns the name the server may still know it by.
    mutating func remove(_ key: Key) -> String? {
        entries.removeValue(forKey: key)?.name
    }
}

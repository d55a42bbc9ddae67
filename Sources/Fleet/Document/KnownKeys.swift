// SPDX-License-Identifier: Apache-2.0

/// The keys that an object of the document may have, and those that one might expect and that it can't have.
struct KnownKeys {
    let supported: [String]
    /// Why each of them is refused.
    var refused: [String: String] = [:]

    /// Why `key` is refused; call it for keys that are not supported.
    func refusal(of key: String) -> String {
        if let reason = refused[key] { return reason }
        guard let near = nearest(to: key) else {
            return "is not a known key; known here: \(supported.joined(separator: ", "))"
        }
        return "is not a known key; did you mean \"\(near)\"?"
    }

    /// The supported key that the fewest single-letter changes turn `key` into, unless it takes too many of them.
    private func nearest(to key: String) -> String? {
        guard key.utf8.count <= 40 else { return nil }
        let distances = supported.map {
            (name: $0, distance: Self.distance(Array(key.lowercased().utf8), Array($0.utf8)))
        }
        guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(2, best.name.utf8.count / 3) ? best.name : nil
    }

    /// Levenshtein's distance.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}

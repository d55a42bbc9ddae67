// SPDX-License-Identifier: Apache-2.0

/// Small YAML that is huge, or deep, once it has been read, where LAVA's own stands: under `definition` in a result's
/// metadata, and under `protocols` in a job's definition.
enum YAMLBomb {
    /// Levels of aliases of aliases; with the last as the key of a mapping, which a reader may want to hash.
    static func text(for key: String, levels: Int, inKey: Bool) -> String {
        let levels = min(max(1, levels), 1_000)
        var text = opening(key)
        for level in 0..<levels {
            let item = level == 0 ? "x" : "*a\(level - 1)"
            text += "    a\(level): &a\(level) [\(Array(repeating: item, count: 9).joined(separator: ","))]\n"
        }
        return inKey ? text + "    ? *a\(levels - 1)\n    : v\n" : text
    }

    static func deep(for key: String, levels: Int) -> String {
        opening(key) + "    a: " + String(repeating: "[", count: levels) + "\n"
    }

    private static func opening(_ key: String) -> String {
        key == "metadata" ? "definition:\n  bomb:\n" : "protocols:\n  lava-multinode:\n"
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Blanks, packed as RFC 1951 and RFC 1952 say: one literal, and then "258 of the one before" again and again.
enum GzipBomb {
    /// So many bytes, rounded up, in less than a hundredth. The checksum behind them is wrong; who reads so far has
    /// read too much.
    static func body(ofBytes count: Int) -> [UInt8] {
        var bits = Bits()
        // The last block, of fixed codes.
        bits.add(0b1, 1)
        bits.add(0b01, 2)
        // The literal 0x20 is 0x30 + 0x20 in 8 bits; Huffman codes go out from their highest bit.
        bits.addCode(0x50, 8)
        for _ in 0..<(count + 257) / 258 {
            // Length 258 is code 285, which is 0xC0 + (285 - 280); distance 1 is code 0 in 5 bits.
            bits.addCode(0xC5, 8)
            bits.addCode(0, 5)
        }
        bits.addCode(0, 7)
        let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        return head + bits.bytes + Array(repeating: 0, count: 8)
    }

    /// Bits, packed from the lowest of each byte.
    private struct Bits {
        private var done: [UInt8] = []
        private var rest: UInt32 = 0
        private var count: UInt32 = 0

        var bytes: [UInt8] { count > 0 ? done + [UInt8(truncatingIfNeeded: rest)] : done }

        mutating func add(_ value: UInt32, _ width: UInt32) {
            rest |= value << count
            count += width
            while count >= 8 {
                done.append(UInt8(truncatingIfNeeded: rest))
                rest >>= 8
                count -= 8
            }
        }

        mutating func addCode(_ code: UInt32, _ width: UInt32) {
            for place in (0..<width).reversed() { add(code >> place & 1, 1) }
        }
    }
}

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

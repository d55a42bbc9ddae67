// SPDX-License-Identifier: Apache-2.0

/// Finds every `muster: <uuid>` in a text, for the index behind `original_definition__contains`.
enum TagScan {
    private static let marker = Array("muster: ".utf8)

    /// The texts of all UUIDs behind a marker, as they are written.
    static func tags(in text: some StringProtocol) -> [String] {
        var bytes = Substring(text).utf8[...]
        var found: [String] = []
        while let start = bytes.firstIndex(of: marker[0]) {
            bytes = bytes[start...]
            if bytes.starts(with: marker), let tag = uuid(bytes.dropFirst(marker.count).prefix(36)) {
                found.append(tag)
            }
            bytes = bytes.dropFirst()
        }
        return found
    }

    /// The UUID that a needle surely contains: whatever holds such a needle is in the index under it.
    static func tag(ofNeedle needle: String) -> String? {
        tags(in: needle).first
    }

    private static func uuid(_ bytes: Substring.UTF8View) -> String? {
        guard bytes.count == 36 else { return nil }
        for (place, byte) in bytes.enumerated() {
            switch place {
            case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return nil }
            default:
                guard (48...57).contains(byte) || (97...102).contains(byte) || (65...70).contains(byte) else {
                    return nil
                }
            }
        }
        return String(Substring(bytes))
    }
}

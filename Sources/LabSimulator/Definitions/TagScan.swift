// SPDX-License-Identifier: Apache-2.0

/// Finds every `muster: <uuid>` in a text, for the index behind `original_definition__contains`.
enum TagScan {
    private static let marker = "muster: "

    /// The texts of all UUIDs behind a marker, as they are written.
    static func tags(in text: String) -> [String] {
        var found: [String] = []
        var start = 0
        while let place = ByteSearch.offset(of: marker, in: text, from: start) {
            start = place + marker.utf8.count
            let bytes = text.utf8.dropFirst(start).prefix(36)
            if let tag = uuid(bytes) { found.append(tag) }
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

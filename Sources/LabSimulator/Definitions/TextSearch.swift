// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Finds bytes in texts by the C library's own search: definitions may be megabytes, and are searched for every
/// `…__contains` that no index answers.
enum ByteSearch {
    /// Where a needle first occurs at or behind a place, as an offset in bytes; nil if it does not.
    static func offset(of needle: String, in text: String, from start: Int = 0) -> Int? {
        var text = text
        var needle = needle
        return text.withUTF8 { text -> Int? in
            needle.withUTF8 { needle -> Int? in
                guard let first = needle.first, let needleBase = needle.baseAddress else { return start }
                guard start >= 0, let base = text.baseAddress else { return nil }
                var place = start
                while place + needle.count <= text.count {
                    let rest = text.count - needle.count + 1 - place
                    guard let found = memchr(base + place, Int32(first), rest) else { return nil }
                    place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
                    if memcmp(base + place, needleBase, needle.count) == 0 { return place }
                    place += 1
                }
                return nil
            }
        }
    }

    static func contains(_ needle: String, in text: String) -> Bool {
        offset(of: needle, in: text) != nil
    }
}

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

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

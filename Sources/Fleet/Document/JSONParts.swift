// SPDX-License-Identifier: Apache-2.0

internal import YAML

/// JSON put together from parts that are JSON already, each as it stands there.
///
/// For what an encoder can't write: texts that must not change on their way, such as the jobs of a file, and objects
/// whose members have an order. All else is encoded.
package enum JSONParts {
    /// An object of these members.
    package static func object(_ members: [[UInt8]]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(members.reduce(2) { $0 + $1.count + 1 })
        text.append(UInt8(ascii: "{"))
        for (number, member) in members.enumerated() {
            if number > 0 { text.append(UInt8(ascii: ",")) }
            text += member
        }
        text.append(UInt8(ascii: "}"))
        return text
    }

    /// A member of an object.
    package static func member(_ key: String, _ value: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(key.utf8.count + value.count + 3)
        append(key, to: &text)
        text.append(UInt8(ascii: ":"))
        text += value
        return text
    }

    /// An array of elements that have commas between them.
    package static func array(_ elements: [UInt8]) -> [UInt8] {
        [UInt8(ascii: "[")] + elements + [UInt8(ascii: "]")]
    }

    /// A string.
    package static func string(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return bytes
    }

    /// Writes a string behind `bytes`.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes += Array("\\n".utf8)
            case 0..<0x20:
                let hex = String(byte, radix: 16)
                bytes += Array("\\u".utf8) + Array(repeating: UInt8(ascii: "0"), count: 4 - hex.utf8.count)
                bytes += Array(hex.utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Puts a member behind those of the one object that `text` is.
    ///
    /// What stood in the text before its last brace stays where it was, so places in the one are places in the other.
    ///
    /// - Returns: where the member and its comma are; `nil`, and nothing is done, when the text is not one object.
    package static func insert(_ member: [UInt8], into text: inout [UInt8]) -> Range<Int>? {
        guard let (end, hasMembers) = endOfObject(text) else { return nil }
        let inserted = (hasMembers ? [UInt8(ascii: ",")] : []) + member
        text.insert(contentsOf: inserted, at: end)
        return end..<(end + inserted.count)
    }

    private static func endOfObject(_ text: [UInt8]) -> (offset: Int, hasMembers: Bool)? {
        var cursor = JSONCursor(text, from: ByteOrderMark.count(before: text))
        do {
            var inside = cursor
            var progress = try inside.enterObject()
            let hasMembers = try inside.nextMember(&progress)
            try cursor.skip()
            let end = cursor.offset - 1
            try cursor.end()
            return (end, hasMembers)
        } catch {
            return nil
        }
    }
}

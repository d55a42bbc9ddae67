// SPDX-License-Identifier: Apache-2.0

/// The frame of a tar archive: POSIX's `ustar` (IEEE Std 1003.1-1988, section 10.1.1).
enum TarArchive {
    private static let blockBytes = 512
    private static let largestSize = 0o77_777_777_777

    /// The end of an archive: two blocks of zeros.
    static let end = [UInt8](repeating: 0, count: 2 * blockBytes)

    /// The head of a file.
    ///
    /// - Parameters:
    ///   - name: Its path: at most 100 bytes of ASCII.
    ///   - size: How many bytes it has, less than 8 GiB.
    ///   - time: When it was changed, in seconds since 1970.
    static func head(of name: String, size: Int, time: Int) -> [UInt8] {
        precondition(name.utf8.count <= 100 && (0...largestSize).contains(size), "a file that does not fit into ustar")
        var block = [UInt8](repeating: 0, count: blockBytes)
        put(name, at: 0, &block)
        put(octal(0o644, digits: 7), at: 100, &block)
        put(octal(0, digits: 7), at: 108, &block)
        put(octal(0, digits: 7), at: 116, &block)
        put(octal(size, digits: 11), at: 124, &block)
        put(octal(min(max(0, time), largestSize), digits: 11), at: 136, &block)
        put("        ", at: 148, &block)
        put("0", at: 156, &block)
        put("ustar\u{0}00", at: 257, &block)
        put("muster", at: 265, &block)
        put("muster", at: 297, &block)
        // The sum of all bytes, in which its own place counts as spaces.
        put(octal(block.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0} ", at: 148, &block)
        return block
    }

    /// What fills a file of this size up to whole blocks.
    static func padding(of size: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: (blockBytes - size % blockBytes) % blockBytes)
    }

    private static func put(_ text: String, at place: Int, _ block: inout [UInt8]) {
        let bytes = Array(text.utf8)
        block.replaceSubrange(place..<place + bytes.count, with: bytes)
    }

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: digits - text.count) + text
    }
}

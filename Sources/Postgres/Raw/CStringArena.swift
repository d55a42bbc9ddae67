// SPDX-License-Identifier: Apache-2.0

internal import CLibPQ

/// Lends C an array of C strings for the length of one call.
///
/// All strings are copied into one block that outlives the call, since a pointer taken from a Swift string on its way into
/// an array is dangling before C sees it. Pitfall 5 of the project's style guide.
enum CStringArena {
    /// `body` gets as many pointers as `strings` has elements, nil for nil, and one nil more.
    static func withPointers<R>(
        _ strings: [String?],
        _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>) throws(PostgresError) -> R
    ) throws(PostgresError) -> R {
        var bytes: [UInt8] = []
        var starts: [Int?] = []
        starts.reserveCapacity(strings.count)
        for string in strings {
            guard let string else {
                starts.append(nil)
                continue
            }
            if string.utf8.contains(0) {
                throw PostgresError(.encoding, "a text contains NUL, which PostgreSQL cannot store")
            }
            starts.append(bytes.count)
            bytes.append(contentsOf: string.utf8)
            bytes.append(0)
        }
        let block = UnsafeMutableBufferPointer<CChar>.allocate(capacity: max(bytes.count, 1))
        defer { unsafe block.deallocate() }
        unsafe block.initialize(repeating: 0)
        unsafe UnsafeMutableRawBufferPointer(block).copyBytes(from: bytes)
        let pointers = UnsafeMutableBufferPointer<UnsafePointer<CChar>?>.allocate(capacity: strings.count + 1)
        defer { unsafe pointers.deallocate() }
        unsafe pointers.initialize(repeating: nil)
        guard let start = block.baseAddress, let first = pointers.baseAddress else {
            throw PostgresError(.encoding, "no memory for parameters")
        }
        for (index, offset) in starts.enumerated() {
            if let offset { unsafe pointers[index] = UnsafePointer(start + offset) }
        }
        return try unsafe body(first)
    }
}

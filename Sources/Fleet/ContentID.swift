// SPDX-License-Identifier: Apache-2.0

import Crypto
package import Foundation

/// Ids that follow from content: the same command on the same content sends the same messages, so whatever of them is
/// in already is not taken in twice.
package struct ContentID {
    private var hash = SHA256()

    /// An id for this purpose.
    package init(_ purpose: String) {
        add(Array(purpose.utf8))
    }

    /// Takes bytes into account, behind their length, so that no two lists run together into the same text.
    package mutating func add(_ bytes: [UInt8]) {
        withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { hash.update(bufferPointer: $0) }
        hash.update(data: bytes)
    }

    /// Takes an id into account.
    package mutating func add(_ id: UUID) { add(Array(id.text.utf8)) }

    /// Takes a number into account.
    package mutating func add(_ number: Int) { add(Array("\(number)".utf8)) }

    /// A version 8 UUID of all of that.
    package var id: UUID { UUID(digest: Array(hash.finalize())) }
}

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

/// Ids that follow from a key of a client's own, within what the client names: nobody who names something else can take
/// them.
package enum KeyedID {
    /// The id of the jobset that is posted to a project under this key.
    package static func jobset(in build: Build, key: String) -> UUID { id("\(build.group)/\(build.project)", key) }

    /// The id of the addition that is posted to a jobset under this key: a UUID is the id itself, for a jobset's
    /// additions have their ids among themselves.
    package static func addition(to jobset: UUID, key: String) -> UUID { UUID(uuidString: key) ?? id(jobset.text, key) }

    /// The id of the test job that is submitted to a build, as SQUAD's clients do, under this key.
    package static func testJob(of build: Build, key: String) -> UUID { id("squad \(build)", key) }

    /// A UUID is the same key however it is written.
    private static func id(_ scope: String, _ key: String) -> UUID {
        var id = ContentID("muster.idempotency.1")
        id.add(Array(scope.utf8))
        id.add(Array((UUID(uuidString: key)?.text ?? key).utf8))
        return id.id
    }
}

extension UUID {
    /// The id that follows from content: a version 8 UUID (RFC 9562, section 5.8) over the first 16 bytes of its digest.
    package init(digest: [UInt8]) {
        precondition(digest.count >= 16, "a digest has at least 16 bytes")
        var bytes = Array(digest.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        self = bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}

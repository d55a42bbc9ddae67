// SPDX-License-Identifier: Apache-2.0

package import struct Foundation.UUID

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

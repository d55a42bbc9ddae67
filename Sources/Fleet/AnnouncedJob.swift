// SPDX-License-Identifier: Apache-2.0

/// A job for which a message has to go out.
package struct AnnouncedJob: Sendable, Hashable {
    /// The job's row.
    package let id: Int
    /// The lab it is for.
    package let backend: String

    /// The job with row `id`.
    package init(id: Int, backend: String) {
        self.id = id
        self.backend = backend
    }
}

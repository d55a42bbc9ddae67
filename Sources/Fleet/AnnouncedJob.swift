// SPDX-License-Identifier: Apache-2.0

/// A job for which a message has to go out.
public struct AnnouncedJob: Sendable, Hashable {
    /// The job's row.
    public let id: Int
    /// The lab it is for.
    public let backend: String

    /// The job with row `id`.
    public init(id: Int, backend: String) {
        self.id = id
        self.backend = backend
    }
}

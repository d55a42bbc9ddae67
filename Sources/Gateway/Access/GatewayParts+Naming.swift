// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

extension GatewayParts {
    /// Lets a document on whose sender may have it name what it does.
    ///
    /// A baseline that its sender may not read is no reason to refuse it: it is compared with nothing, as with one that
    /// is not there.
    ///
    /// - Throws: ``Refusal`` 403.
    func require(_ names: DocumentNames, in build: Build, _ caller: Caller) throws(Refusal) {
        guard names.hasWatchedJobs else { return }
        try caller.requireNamed(.watch, group: build.group, project: build.project)
    }

    /// Has ingest take what the sender of a document may have it name; to be called before the document is published.
    func permit(
        _ names: DocumentNames,
        in build: Build,
        id: UUID,
        digest: [UInt8],
        _ caller: Caller
    ) async throws {
        try await store.permit(names, in: build, id: id, digest: digest, by: caller.permissions)
    }
}

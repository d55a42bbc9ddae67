// SPDX-License-Identifier: Apache-2.0

import Foundation
import LAVALabs

@testable import LAVA

extension LAVAClient {
    /// Submits a definition with the comment by which the fleet finds an attempt again.
    func submit(definition: String, tag: UUID) async throws(LAVAError) -> [LAVALabJobID] {
        try await submit(definition: definition, comment: MusterTag.comment(tag))
    }

    /// Looks for an attempt by its comment.
    func findJobs(
        tag: UUID,
        since: Date,
        kind: LAVASubmission.Kind? = nil,
        after: Int? = nil
    ) async throws(LAVAError) -> LAVAFindings {
        try await findJobs(comment: MusterTag.comment(tag), since: since, kind: kind, after: after)
    }

    /// Looks for an attempt by its comment, and by its definition.
    func findJobs(
        tag: UUID,
        since: Date,
        definition: String,
        isOwned: (Set<Int>) async throws -> Set<Int>
    ) async throws -> LAVAFindings {
        try await findJobs(
            comment: MusterTag.comment(tag),
            since: since,
            definition: definition,
            isOwned: isOwned
        )
    }
}

extension LAVAJob {
    /// The attempt that it was submitted for.
    var tag: UUID? { comment.flatMap(MusterTag.read) }
}

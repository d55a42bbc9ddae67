// SPDX-License-Identifier: Apache-2.0

package import Fleet
import FleetStore

/// What a project knows of its failures.
extension FleetOperations {
    /// Adds a known issue to a project; it holds for jobs that end from now on.
    ///
    /// - Throws: `FleetRefusal`.
    package func addKnownIssue(
        _ wish: KnownIssueWish,
        to group: String,
        _ project: String,
        by actor: Actor
    ) async throws -> KnownIssue {
        try await note(
            "add known issue",
            group: group,
            project: project,
            jobset: nil,
            detail: ["pattern": wish.pattern.line, "reason": wish.reason, "expires": wish.expires],
            by: actor
        )
        return try await store.addKnownIssue(wish, to: group, project, by: actor.name)
    }

    /// Removes a known issue of a project.
    ///
    /// - Throws: `FleetRefusal`.
    package func removeKnownIssue(
        _ id: Int,
        of group: String,
        _ project: String,
        by actor: Actor
    ) async throws -> KnownIssue {
        try await note(
            "remove known issue",
            group: group,
            project: project,
            jobset: nil,
            detail: ["known_issue": "\(id)"],
            by: actor
        )
        return try await store.removeKnownIssue(id, of: group, project)
    }
}

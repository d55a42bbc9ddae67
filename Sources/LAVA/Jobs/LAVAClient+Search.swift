// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import NIOCore
internal import NIOHTTP1

extension LAVAClient {
    /// Looks for the lab jobs of an attempt by their text alone, in as many requests as there are pages, mostly one
    /// or two, and one more for a multinode group.
    ///
    /// A job is found by its own text, a multinode group by the group's. Every row is looked at: LAVA answers a
    /// filter it does not know with everything it has. A member of a multinode group may have lost the group's text
    /// (LAVA's own race, 5 of 52 seen), so that the others are found by the group's name. Where all have lost it,
    /// nothing is found here: see ``findJobs(tag:since:definition:isOwned:)``.
    ///
    /// - Parameters:
    ///   - tag: The attempt.
    ///   - since: A moment before the first submission, by the lab's clock; it bounds what the lab must search.
    ///   - kind: What the definition makes, where the caller knows it: then one filter is asked for in place of two.
    /// - Returns: What was found, by id. LAVA makes the members of a group one after the other, so that some may
    ///   be missing while it is at it, or for ever if it was killed then: see ``LAVASubmission/isWhole``.
    /// - Throws: Also ``LAVAError/Kind/unexpected(reason:)`` if the lab has so many rows that they cannot all be
    ///   looked at; then nothing is known.
    public func findJobs(
        tag: UUID,
        since: Date,
        kind: LAVASubmission.Kind? = nil
    ) async throws(LAVAError) -> [LAVAJob] {
        for filter in kind.map({ [$0.filter] }) ?? LAVASubmission.Kind.allCases.map(\.filter) {
            let found = try await jobs(
                matching: [(filter, MusterTag.needle(tag)), ("submit_time__gt", LAVATimestamp.format(since))]
            ) { $0.tag == tag }
            if !found.isEmpty { return try await widened(found, tag: tag) }
        }
        return []
    }

    /// Looks for the lab jobs of an attempt, also for a multinode group all of whose members have lost their text.
    ///
    /// Such a group is known by who submitted it, when, under which name, with which roles and actions; by that no
    /// member has any text; and by that it belongs to no other attempt. If several are alike in all of this, they
    /// are the same to whoever asked for them too, and the first is taken: the next attempt takes the next.
    ///
    /// - Parameters:
    ///   - tag: The attempt.
    ///   - since: A moment before the first submission, by the lab's clock.
    ///   - definition: What was submitted, without the comment.
    ///   - isOwned: Says which of some lab job numbers belong to other attempts. It is asked at most once, and only
    ///     where a group without text is found.
    /// - Returns: What was found, by id. Empty means that the lab, which answered, has no such job.
    /// - Throws: ``LAVAError``, also ``LAVAError/Kind/unexpected(reason:)`` if a group without text may be ours and
    ///   the definition cannot be read to tell, so that nothing is known; and whatever `isOwned` throws.
    public func findJobs(
        tag: UUID,
        since: Date,
        definition: String,
        isOwned: (Set<Int>) async throws -> Set<Int>
    ) async throws -> [LAVAJob] {
        let found = try await findJobs(tag: tag, since: since)
        guard found.isEmpty, definition.contains("lava-multinode") else { return found }
        let wanted = GroupDefinition(definition)
        let candidates = try await lostGroups(named: wanted?.jobName, since: since)
        guard !candidates.isEmpty else { return [] }
        let owned = try await isOwned(Set(candidates.joined().map(\.id)))
        let free = candidates.filter { group in !group.contains { owned.contains($0.id) } }
        guard let wanted else {
            guard let first = free.first?.first else { return [] }
            throw LAVAError(
                kind: .unexpected(reason: "job \(first.id) has lost its definition; whether it is ours cannot be told"),
                requestMayHaveBeenProcessed: false
            )
        }
        let same = free.filter { group in
            group.allSatisfy { row in row.group.map { wanted.made($0, dump: row.definition ?? "") } ?? false }
        }
        return same.flatMap { Self.placed($0.map(\.job)) }.submissions.first?.jobs ?? []
    }

    /// All members of the groups of what was found.
    private func widened(_ found: [LAVAJob], tag: UUID) async throws(LAVAError) -> [LAVAJob] {
        var result = found.filter { $0.group == nil }
        for name in Set(found.compactMap(\.group?.targetGroup)) {
            let members = try await group(name).map(\.job).filter { $0.tag == nil || $0.tag == tag }
            let known = Set(members.map(\.id))
            result += Self.placed(members + found.filter { $0.group?.targetGroup == name && !known.contains($0.id) })
        }
        return result.sorted { $0.id < $1.id }
    }

    /// The rows of all members of a group.
    func group(_ name: String) async throws(LAVAError) -> [JobRow] {
        try await rows(matching: [("target_group", name)]) { $0.group?.targetGroup == name }
    }

    /// Groups of ours none of whose members has any text, each by id, the first first.
    private func lostGroups(named name: String?, since: Date) async throws(LAVAError) -> [[JobRow]] {
        let user = try await whoami()
        // Nobody's submissions are refused.
        guard !user.isEmpty else { return [] }
        var filters = [("submitter__username", user), ("submit_time__gt", LAVATimestamp.format(since))]
        if let name {
            filters.append(("description", String(String.UnicodeScalarView(name.unicodeScalars.prefix(200)))))
        }
        let bound = LAVATimestamp.microseconds(since)
        @Sendable func isOurs(_ row: JobRow) -> Bool {
            guard row.submitter == user, name == nil || row.description == name, row.hasLostText else { return false }
            return row.submitTime.flatMap(LAVATimestamp.parse).map { LAVATimestamp.microseconds($0) > bound } ?? false
        }
        let lost = try await rows(matching: filters) { $0.group != nil && isOurs($0) }
        var groups: [[JobRow]] = []
        for name in Set(lost.compactMap(\.group?.targetGroup)) {
            let members = try await group(name)
            if members.allSatisfy(isOurs) { groups.append(members.sorted { $0.id < $1.id }) }
        }
        return groups.filter { !$0.isEmpty }.sorted { ($0.first?.id ?? 0) < ($1.first?.id ?? 0) }
    }

    /// Members of one group with their names in it: LAVA names them after the first it made.
    private static func placed(_ members: [LAVAJob]) -> [LAVAJob] {
        guard let first = members.map(\.id).min() else { return [] }
        return members.sorted { $0.id < $1.id }.map { member in
            var member = member
            member.subID = member.group.map { "\(first).\($0.subID)" } ?? member.subID
            return member
        }
    }
}

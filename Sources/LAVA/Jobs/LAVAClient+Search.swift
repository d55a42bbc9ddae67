// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import NIOCore
internal import NIOHTTP1

extension LAVAClient {
    /// The most lab jobs that one search takes, and the most groups. A submission has one of either, and one or two more if
    /// requests were carried out late; a lab that shows any number is asked for the rest in later searches.
    static let maximumFound = 200
    static let maximumGroups = 20

    /// Looks for the jobs of a submission by their comment alone, in as many requests as there are pages, mostly one
    /// or two, and one more for each multinode group.
    ///
    /// A job is found by its own text, a multinode group by the group's. Every row is looked at: LAVA answers a
    /// filter it does not know with everything it has. A member of a multinode group may have lost the group's text
    /// (LAVA's own race, 5 of 52 seen), so that the others are found by the group's name. Where all have lost it,
    /// nothing is found here: see ``findJobs(comment:since:definition:isOwned:)``.
    ///
    /// - Parameters:
    ///   - comment: The comment that was submitted ahead of the definition.
    ///   - since: A moment before the first submission, by the lab's clock; it bounds what the lab must search.
    ///   - kind: What the definition makes, where the caller knows it: then one filter is asked for in place of two.
    ///   - after: Only what has a number behind this one: where an earlier search has not taken all.
    /// - Returns: What was found, by id. LAVA makes the members of a group one after the other, so that some may
    ///   be missing while it is at it, or for ever if it was killed then: see ``LAVASubmission/isWhole``.
    /// - Throws: Also ``LAVAError/Kind/unexpected(reason:)`` if the lab has so many rows that they cannot all be
    ///   looked at, and none of the submission among those that can; then nothing is known.
    public func findJobs(
        comment: String,
        since: Date,
        kind: LAVASubmission.Kind? = nil,
        after: Int? = nil
    ) async throws(LAVAError) -> LAVAFindings {
        let bound = after ?? 0
        var filters: [(name: String, value: String)] = [("submit_time__gt", LAVATimestamp.format(since))]
        if let after { filters.append(("id__gt", "\(after)")) }
        for filter in kind.map({ [$0.filter] }) ?? LAVASubmission.Kind.allCases.map(\.filter) {
            let found = try await jobs(
                matching: [(filter, comment)] + filters,
                most: Self.maximumFound
            ) { $0.comment == comment && $0.id > bound }
            // What can't be read may be what was looked for: the lab has not said that it is not there.
            guard found.unreadable == 0 || !found.jobs.isEmpty else { throw Self.unreadable(found.unreadable) }
            if !found.jobs.isEmpty { return try await widened(found.jobs, areAll: found.areAll, comment: comment) }
        }
        return LAVAFindings(jobs: [])
    }

    /// Looks for the jobs of a submission, also for a multinode group all of whose members have lost their text.
    ///
    /// Such a group is known by who submitted it, when, under which name, with which roles and actions; by that no
    /// member has any text; and by that it belongs to no other submission. If several are alike in all of this, they
    /// are the same to whoever asked for them too, and the first is taken: the next search takes the next.
    ///
    /// - Parameters:
    ///   - comment: The comment that was submitted ahead of the definition.
    ///   - since: A moment before the first submission, by the lab's clock.
    ///   - definition: What was submitted, without the comment.
    ///   - isOwned: Says which of some lab job numbers belong to other submissions. It is asked at most once, and only
    ///     where a group without text is found.
    /// - Returns: What was found, by id. Empty means that the lab, which answered, has no such job.
    /// - Throws: ``LAVAError``, also ``LAVAError/Kind/unexpected(reason:)`` if a group without text may be ours and
    ///   the definition cannot be read to tell, or there are too many of them, so that nothing is known; and whatever
    ///   `isOwned` throws.
    public func findJobs(
        comment: String,
        since: Date,
        definition: String,
        isOwned: (Set<Int>) async throws -> Set<Int>
    ) async throws -> LAVAFindings {
        let found = try await findJobs(comment: comment, since: since)
        guard found.jobs.isEmpty, definition.contains("lava-multinode") else { return found }
        let wanted = try await ParsingThreads.run { GroupDefinition(definition) }
        let lost = try await lostMembers(named: wanted?.jobName, since: since)
        guard !lost.rows.isEmpty else { return LAVAFindings(jobs: []) }
        let owned = try await isOwned(Set(lost.rows.map(\.id)))
        let groups = Dictionary(grouping: lost.rows) { $0.group?.targetGroup ?? "" }
        let free = groups.filter { group in !group.value.contains { owned.contains($0.id) } }
            .sorted { ($0.value.first?.id ?? 0) < ($1.value.first?.id ?? 0) }
        var asked = 0
        for (name, shown) in free {
            // What is shown of a group is enough to tell that it is another's; that it is ours takes all of it.
            if let wanted, try await !wanted.made(shown) { continue }
            asked += 1
            guard asked <= Self.maximumGroups else { throw Self.tooMuch("more than \(Self.maximumGroups) groups") }
            let members = try await group(name).rows
            guard members.allSatisfy(lost.isOurs), !members.contains(where: { owned.contains($0.id) }) else { continue }
            guard let wanted else {
                throw LAVAError(
                    kind: .unexpected(
                        reason: "job \(shown.first?.id ?? 0) has lost its definition; whether it is ours cannot be told"
                    ),
                    requestMayHaveBeenProcessed: false
                )
            }
            if !members.isEmpty, try await wanted.made(members) {
                return LAVAFindings(jobs: Self.placed(members.map(\.job)))
            }
        }
        return LAVAFindings(jobs: [])
    }

    /// All members of the groups of what was found, of as many groups as one search takes.
    private func widened(_ found: [LAVAJob], areAll: Bool, comment: String) async throws(LAVAError) -> LAVAFindings {
        var result = found.filter { $0.group == nil }
        var moreAfter = areAll ? nil : found.last?.id
        var known: Set<String> = []
        for (place, job) in found.enumerated() {
            guard let name = job.group?.targetGroup, !known.contains(name) else { continue }
            guard known.count < Self.maximumGroups, result.count < Self.maximumFound || known.isEmpty else {
                // The next search begins with this group. What belongs to those before is found once more then.
                result.removeAll { $0.group == nil && $0.id >= job.id }
                moreAfter = found[place - 1].id
                break
            }
            known.insert(name)
            let members = try await group(name).rows.map(\.job).filter { $0.comment == nil || $0.comment == comment }
            let shown = Set(members.map(\.id))
            result += Self.placed(members + found.filter { $0.group?.targetGroup == name && !shown.contains($0.id) })
        }
        return LAVAFindings(jobs: result.sorted { $0.id < $1.id }, moreAfter: moreAfter)
    }

    /// Rows of the members of a group, at most as many as a group is believed to have.
    func group(_ name: String) async throws(LAVAError) -> (rows: [JobRow], areAll: Bool) {
        try await rows(matching: [("target_group", name)], most: LAVASubmission.maximumSize) {
            $0.group?.targetGroup == name
        }
    }

    /// Members of groups that may be ours and that have no text, by id, and what tells that a row is one.
    private func lostMembers(
        named name: String?,
        since: Date
    ) async throws(LAVAError) -> (rows: [JobRow], isOurs: @Sendable (JobRow) -> Bool) {
        let user = try await whoami()
        let bound = LAVATimestamp.microseconds(since)
        let isOurs: @Sendable (JobRow) -> Bool = { row in
            guard row.submitter == user, name == nil || row.description == name, row.hasLostText else { return false }
            return row.submitTime.flatMap(LAVATimestamp.parse).map { LAVATimestamp.microseconds($0) > bound } ?? false
        }
        // Nobody's submissions are refused.
        guard !user.isEmpty else { return ([], isOurs) }
        var filters = [("submitter__username", user), ("submit_time__gt", LAVATimestamp.format(since))]
        if let name {
            filters.append(("description", String(String.UnicodeScalarView(name.unicodeScalars.prefix(200)))))
        }
        let lost = try await rows(matching: filters) { $0.group != nil && isOurs($0) }
        guard lost.areAll else { throw Self.tooMuch("more rows or bytes than can be looked at") }
        return (lost.rows.sorted { $0.id < $1.id }, isOurs)
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

extension GroupDefinition {
    /// Whether LAVA can have made all of these members of it.
    fileprivate func made(_ members: [JobRow]) async throws -> Bool {
        try await ParsingThreads.run {
            members.allSatisfy { row in row.group.map { made($0, dump: row.definition ?? "") } ?? false }
        }
    }
}

/// What one search for the lab jobs of an attempt has found.
public struct LAVAFindings: Sendable, Equatable {
    /// The lab jobs, by id.
    public var jobs: [LAVAJob]
    /// The number behind which the lab has more of them, for the next search; nil if these are all.
    public var moreAfter: Int?

    /// What was submitted, each request's jobs apart.
    public var submissions: [LAVASubmission] { jobs.submissions }

    init(jobs: [LAVAJob], moreAfter: Int? = nil) {
        self.jobs = jobs
        self.moreAfter = moreAfter
    }
}

// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import NIOCore
internal import NIOHTTP1

extension LAVAClient {
    /// Submits a definition, marked with an attempt's id.
    ///
    /// One comment line, `# muster: <tag>`, is put ahead of the definition; nothing else is changed. After any
    /// error with ``LAVAError/requestMayHaveBeenProcessed`` the job may exist: look for it with
    /// ``findJobs(tag:since:)`` before submitting again.
    ///
    /// - Parameters:
    ///   - definition: A LAVA job definition. Its text is not looked at, save for NUL, which LAVA cannot store.
    ///   - tag: The attempt this submission belongs to.
    /// - Returns: What LAVA called the job: one name, or one for each member of a multinode group. Never empty.
    public func submit(definition: String, tag: UUID) async throws(LAVAError) -> [LAVALabJobID] {
        guard !definition.utf8.contains(0) else {
            throw LAVAError(
                kind: .refused(message: "definition: Null characters are not allowed."),
                requestMayHaveBeenProcessed: false
            )
        }
        var request = LAVARequest("jobs/")
        request.method = .POST
        do {
            let document = ["definition": MusterTag.tagged(definition, tag)]
            request.body = ByteBuffer(bytes: try JSONEncoder().encode(document))
        } catch {
            throw LAVAError(kind: .refused(message: "definition: not a text"), requestMayHaveBeenProcessed: false)
        }
        let answer = try await decoded(SubmissionAnswer.self, request)
        guard !answer.ids.isEmpty else {
            throw LAVAError(
                kind: .unexpected(reason: "a submission was accepted without job ids"),
                requestMayHaveBeenProcessed: true
            )
        }
        return answer.ids
    }

    /// Looks for the lab jobs of an attempt, in as many requests as there are pages, mostly one or two.
    ///
    /// A job is found by its own text, a multinode group by the group's. Every row is looked at: LAVA answers a
    /// filter it does not know with everything it has. A member of a multinode group may have lost the group's
    /// text (LAVA's own race, 5 of 52 seen), and only some of a group may be found; each that is names all
    /// members in ``LAVAJob/group``.
    ///
    /// - Parameters:
    ///   - tag: The attempt.
    ///   - since: A moment before the first submission, by the lab's clock; it bounds what the lab must search.
    /// - Returns: What was found, by id. Empty means that the lab, which answered, has no such job.
    /// - Throws: Also ``LAVAError/Kind/unexpected(reason:)`` if the lab has so many rows that they cannot all be
    ///   looked at; then nothing is known.
    public func findJobs(tag: UUID, since: Date) async throws(LAVAError) -> [LAVAJob] {
        for filter in ["original_definition__contains", "multinode_definition__contains"] {
            let found = try await jobs(
                matching: [(filter, MusterTag.needle(tag)), ("submit_time__gt", LAVATimestamp.format(since))]
            ) { $0.tag == tag }
            if !found.isEmpty { return found }
        }
        // Here the search is to be widened: by `target_group`, then by submitter, time and description.
        return []
    }

    /// What a submission returned, with numbers and roles. One request for a multinode group, none for any other job.
    ///
    /// - Throws: Also ``LAVAError/Kind/unexpected(reason:)`` if the group does not name as many members as the
    ///   submission did; the jobs are in the lab all the same.
    public func members(of ids: [LAVALabJobID]) async throws(LAVAError) -> [LAVALabJob] {
        guard let first = ids.lazy.compactMap(\.group).first else {
            return ids.compactMap(\.number).map { LAVALabJob(number: $0) }
        }
        let roles = try await job(first).group?.roles ?? [:]
        guard roles.count == ids.count else {
            throw LAVAError(
                kind: .unexpected(reason: "job \(first) names \(roles.count) members of a group of \(ids.count)"),
                requestMayHaveBeenProcessed: false
            )
        }
        // LAVA makes the members one after the other, so their order by number is that of their places.
        return zip(roles.sorted { $0.key < $1.key }, ids).map { member, id in
            LAVALabJob(number: member.key, subID: id.text, role: member.value)
        }
    }

    /// The numbers of what a submission returned. One request for a multinode group, none for any other job.
    public func resolve(_ ids: [LAVALabJobID]) async throws(LAVAError) -> [Int] {
        let known = ids.compactMap(\.number)
        if known.count == ids.count { return known }
        guard let first = ids.lazy.compactMap({ $0.group }).first else { return known }
        let members = try await job(first).group?.memberIDs ?? []
        guard members.count == ids.count else {
            throw LAVAError(
                kind: .unexpected(reason: "job \(first) names \(members.count) members of a group of \(ids.count)"),
                requestMayHaveBeenProcessed: false
            )
        }
        return members
    }
}

/// The answer to a submission: numbers for jobs, texts for members of a multinode group.
private struct SubmissionAnswer: Decodable {
    var ids: [LAVALabJobID]

    enum CodingKeys: String, CodingKey { case jobIDs = "job_ids" }

    private enum Name: Decodable {
        case number(Int)
        case text(String)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int.self) {
                self = .number(number)
            } else {
                self = .text(try value.decode(String.self))
            }
        }

        var id: LAVALabJobID? {
            switch self {
            case .number(let number): LAVALabJobID("\(number)")
            case .text(let text): LAVALabJobID(text)
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        ids = try container.decode([Name].self, forKey: .jobIDs).map { name in
            guard let id = name.id else {
                throw DecodingError.dataCorruptedError(forKey: .jobIDs, in: container, debugDescription: "no job id")
            }
            return id
        }
    }
}

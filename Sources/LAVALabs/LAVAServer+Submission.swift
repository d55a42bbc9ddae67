// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
package import Foundation
import LAVA
package import Labs
import Logging

extension LAVAServer {
    package func submit(_ request: LabRequest) async throws(LabError) -> [LabSubmission] {
        let ids = try await asking { () async throws(LAVAError) in
            try await client.submit(definition: request.definition, comment: MusterTag.comment(request.tag))
        }
        return await submissions(named: ids)
    }

    /// What a submission was answered with, the members of a group with their numbers and roles.
    ///
    /// The lab has it, whatever a look at its members says: one that fails leaves only the first known, whose number is
    /// in its name, and the watcher asks for the others.
    private func submissions(named ids: [LAVALabJobID]) async -> [LabSubmission] {
        let jobs = ids.filter { !$0.isMultinode }.compactMap(\.number)
            .map { LabSubmission([LabJobReference(id: LabJobID($0))]) }
        let members = Dictionary(grouping: ids) { $0.group }
        var groups: [LabSubmission] = []
        for (first, names) in members.compactMap({ first, names in first.map { ($0, names) } }).sorted(by: {
            $0.0 < $1.0
        }) {
            var shown = [LabJobReference(id: LabJobID(first), subID: "\(first).0")]
            // A lab makes one group of a definition; of what it names beside that no more is needed to cancel it.
            if groups.isEmpty {
                do throws(LAVAError) {
                    let members = try await client.members(ofGroup: first).map(LabJobReference.init)
                    if !members.isEmpty { shown = members }
                } catch {
                    logger.info(
                        "the members are looked at later",
                        [.group: "\(first)", .error: "\(error)"]
                    )
                }
            }
            groups.append(LabSubmission(shown, size: names.count))
        }
        return jobs + groups
    }

    package func members(ofGroupOf member: String) async throws(LabError) -> [LabJobReference] {
        guard let first = LAVALabJobID(member)?.group else { return [] }
        return try await asking { () async throws(LAVAError) in
            try await client.members(ofGroup: first).map(LabJobReference.init)
        }
    }

    package func find(_ search: LabSearch) async throws(LabError) -> LabFindings {
        try await asking { () async throws(LAVAError) in
            let found = try await client.findJobs(
                comment: MusterTag.comment(search.tag),
                since: search.since,
                kind: search.kind.map(LAVASubmission.Kind.init),
                after: search.after?.number
            )
            var shown = found.submissions
            // Behind where the last search ended, the attempt's own is not among them: it tells whose the others are.
            if search.after != nil, let own = search.own?.number, !found.jobs.contains(where: { $0.id == own }) {
                shown += try await client.jobs(ids: [own]).jobs
                    .filter { $0.comment == MusterTag.comment(search.tag) }.submissions
            }
            return LabFindings(shown.map(LabSubmission.init), moreAfter: found.moreAfter.map { LabJobID($0) })
        }
    }

    package func find(
        _ search: LabSearch,
        definition: String,
        isOwned: (Set<LabJobID>) async throws -> Set<LabJobID>
    ) async throws -> LabFindings {
        do {
            let found = try await client.findJobs(
                comment: MusterTag.comment(search.tag),
                since: search.since,
                definition: definition
            ) { numbers in
                Set(try await isOwned(Set(numbers.map { LabJobID($0) })).compactMap(\.number))
            }
            return LabFindings(
                found.submissions.map(LabSubmission.init),
                moreAfter: found.moreAfter.map { LabJobID($0) }
            )
        } catch let error as LAVAError {
            throw LabError(error)
        }
    }
}

extension LabJobReference {
    init(_ job: LAVALabJob) {
        self.init(id: LabJobID(job.number), subID: job.subID, role: job.role)
    }
}

extension LabSubmission {
    init(_ found: LAVASubmission) {
        self.init(
            found.jobs.map { LabJobReference(LAVALabJob($0)) },
            size: found.size,
            submitter: found.submitter,
            submitTime: found.submitTime
        )
    }
}

extension LAVASubmission.Kind {
    init(_ kind: LabSubmission.Kind) {
        switch kind {
        case .job: self = .job
        case .group: self = .group
        }
    }
}

/// How an attempt is told by a job that a LAVA server has: by the comment `muster: <uuid>` ahead of its definition.
///
/// LAVA has no idempotency key, but it keeps a definition's text.
package enum MusterTag {
    private static let prefix = "muster: "

    /// The comment of an attempt. UUIDs are written in lower case, since LAVA compares bytes.
    package static func comment(_ tag: UUID) -> String { prefix + tag.text }

    /// The attempt of a comment; nil if it is another's.
    package static func read(_ comment: String) -> UUID? {
        guard comment.hasPrefix(prefix) else { return nil }
        let rest = comment.dropFirst(prefix.count)
        return rest.utf8.count == 36 ? UUID(uuidString: String(rest)) : nil
    }
}

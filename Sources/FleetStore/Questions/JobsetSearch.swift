// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation
import Postgres

/// A lab job that bears the number somebody looks for.
package struct FoundLabJob: Sendable, Equatable, Decodable {
    package let backend: String
    /// LAVA's own number.
    package let number: Int
    /// The jobset that it belongs to.
    package let jobset: JobsetSummary
    /// Its job's place in the document.
    package let position: Int
    package let environment: String
    /// Its job's name.
    package let name: String?
}

extension FleetStore {
    /// Jobsets whose id begins with this, latest first.
    package func jobsets(idPrefix: IDPrefix, scopes: [ProjectScope], limit: Int) async throws -> [JobsetSummary] {
        let scopes = ScopeLists(scopes)
        return try await query(
            """
            select \(unsafeSQL: Self.summaryColumns) from jobset
            where id between \(idPrefix.first) and \(idPrefix.last)
                and (\(scopes.isAll) or build_group = any(\(scopes.groups))
                    or build_group || '/' || build_project = any(\(scopes.projects)))
            order by created_at desc limit \(limit)
            """
        ).decode(JobsetSummary.self)
    }

    /// Jobsets of builds whose version begins so, or whose group, project and version are exactly so where they are
    /// given; latest first.
    package func jobsets(
        group: String?,
        project: String?,
        versionPrefix: String?,
        scopes: [ProjectScope],
        limit: Int
    ) async throws -> [JobsetSummary] {
        let scopes = ScopeLists(scopes)
        let pattern = versionPrefix.map { text in
            text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_") + "%"
        }
        return try await query(
            """
            select \(unsafeSQL: Self.summaryColumns) from jobset
            where (\(scopes.isAll) or build_group = any(\(scopes.groups))
                    or build_group || '/' || build_project = any(\(scopes.projects)))
                and (\(group) is null or build_group = \(group))
                and (\(project) is null or build_project = \(project))
                and (\(pattern) is null or build_version like \(pattern))
            order by created_at desc limit \(limit)
            """
        ).decode(JobsetSummary.self)
    }

    /// Lab jobs of this number, latest first: each lab counts for itself, and one that was set up anew counts again.
    package func labJobs(numbered number: Int, scopes: [ProjectScope], limit: Int) async throws -> [FoundLabJob] {
        let scopes = ScopeLists(scopes)
        return try await query(
            """
            select lab_job.backend, lab_job.number, job.position, job.environment, job.name, found.*
            from (
                select attempt_id, backend, number, created_at from lab_job where number = \(number)
                union all
                select attempt_id, backend, number, found_at from surplus_lab_job where number = \(number)
            ) as lab_job join attempt on attempt.id = lab_job.attempt_id join job on job.id = attempt.job_id,
                lateral (select \(unsafeSQL: Self.jobsetSummaryColumns) from jobset where id = job.jobset_id) as found
            where (\(scopes.isAll) or found.jobset_group = any(\(scopes.groups))
                    or found.jobset_group || '/' || found.jobset_project = any(\(scopes.projects)))
            order by lab_job.created_at desc limit \(limit)
            """
        ).decode(FoundLabJob.self)
    }
}

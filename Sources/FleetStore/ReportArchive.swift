// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A report as the archive keeps it.
package struct ArchivedReport: Sendable, Equatable {
    /// Its text by format. A format that was added later has none in older reports.
    package let forms: [ReportFormat: String]

    /// A report as given.
    package init(_ forms: [ReportFormat: String]) {
        self.forms = forms
    }

    /// The report in this format, if it is archived in it.
    package subscript(format: ReportFormat) -> String? { forms[format] }
}

/// The jobset was sent out again before the report of this generation was made: its rows tell of another now.
package struct ReportOutdated: Error, Sendable, CustomStringConvertible {
    package let description = "the jobset was retried before its report was made"

    package init() {}
}

extension FleetStore {
    /// Puts a jobset's report into the archive. The first stays.
    ///
    /// - Parameter baseline: The jobset it was compared with.
    /// - Throws: ``ReportOutdated`` when the jobset is not at the end of this generation any more, and so was not while
    ///   the report was made, either.
    package func storeReport(
        _ report: ArchivedReport,
        of jobset: UUID,
        generation: Int,
        baseline: UUID? = nil
    ) async throws {
        let forms = report.forms.sorted { $0.key.rawValue < $1.key.rawValue }
        let stored = try await query(
            """
            with made as (
                insert into report (jobset_id, generation, baseline_id)
                select id, generation, \(baseline)
                from jobset where id = \(jobset) and generation = \(generation) and state = 'finished'
                on conflict do nothing returning jobset_id, generation
            )
            insert into report_form (jobset_id, generation, format, body)
            select jobset_id, generation, format, body
            from made, unnest(\(forms.map(\.key.rawValue))::text[], \(forms.map(\.value))::text[]) form (format, body)
            returning 1
            """
        )
        guard stored.isEmpty else { return }
        guard try await hasReport(of: jobset, generation: generation) else { throw ReportOutdated() }
    }

    /// The text of a jobset's report: of this generation, or of the latest that has one.
    ///
    /// - Throws: ``FleetRefusal``.
    package func report(of id: UUID, generation: Int?, as format: ReportFormat) async throws -> String {
        if let report = try await storedReport(jobsetID: id, generation: generation, formats: [format]) {
            if let text = report[format] { return text }
            guard try await jobset(id: id)?.reportsRemovedAt == nil else {
                throw FleetRefusal.noLongerKept(jobset: id.text, part: .reports)
            }
            throw FleetRefusal.noReportFormat(format: format)
        }
        guard let jobset = try await jobset(id: id) else { throw FleetRefusal.noSuchJobset(id: id.text) }
        if let generation, generation > jobset.generation {
            throw FleetRefusal.noSuchGeneration(generation: generation, latest: jobset.generation)
        }
        let isRunning = jobset.state == .running && generation ?? jobset.generation == jobset.generation
        throw FleetRefusal.noReportYet(jobset: id.text, pending: isRunning ? jobset.pending : nil)
    }

    /// Whether the report of this generation is in the archive.
    package func hasReport(of jobset: UUID, generation: Int) async throws -> Bool {
        let rows = try await query(
            "select 1 from report where jobset_id = \(jobset) and generation = \(generation)"
        )
        return !rows.isEmpty
    }

    /// The archived report of a generation of a jobset; without one, of the latest that has a report.
    ///
    /// - Parameter formats: What is read of it.
    /// - Returns: The report in those of the formats that it is archived in; `nil` when there is none at all.
    package func storedReport(
        jobsetID: UUID,
        generation: Int? = nil,
        formats: [ReportFormat] = ReportFormat.allCases
    ) async throws -> ArchivedReport? {
        let rows = try await query(
            """
            select form.format, form.body
            from (
                select jobset_id, generation from report
                where jobset_id = \(jobsetID) and (\(generation) is null or generation = \(generation))
                order by generation desc limit 1
            ) latest
            left join report_form form on form.jobset_id = latest.jobset_id and form.generation = latest.generation
                and form.format = any(\(formats.map(\.rawValue)))
            """
        )
        guard !rows.isEmpty else { return nil }
        var forms: [ReportFormat: String] = [:]
        for row in rows {
            let (format, body) = try row.decode(ReportFormat?.self, String?.self)
            if let format { forms[format] = body }
        }
        return ArchivedReport(forms)
    }
}

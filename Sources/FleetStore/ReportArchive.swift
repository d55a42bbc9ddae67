// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Postgres

/// A report in all its forms, as the archive keeps it.
public struct ArchivedReport: Sendable, Equatable, Decodable {
    /// The JSON document.
    public let document: String
    /// The text.
    public let text: String
    /// The page; `nil` of a report that was made before there were pages.
    public let html: String?
    /// The JUnit document; `nil` of a report that was made before there were any.
    public let junit: String?

    /// A report as given.
    public init(document: String, text: String, html: String?, junit: String?) {
        self.document = document
        self.text = text
        self.html = html
        self.junit = junit
    }
}

/// The jobset was sent out again before the report of this generation was made: its rows tell of another now.
public struct ReportOutdated: Error, Sendable, CustomStringConvertible {
    /// In words.
    public let description = "the jobset was sent out again before its report was made"

    /// What it says.
    public init() {}
}

extension FleetStore {
    /// Puts a jobset's report into the archive. The first stays.
    ///
    /// - Parameter baseline: The jobset it was compared with.
    /// - Throws: ``ReportOutdated`` when the jobset is not at the end of this generation any more, and so was not while
    ///   the report was made, either.
    public func storeReport(
        _ report: ArchivedReport,
        of jobset: UUID,
        generation: Int,
        baseline: UUID? = nil
    ) async throws {
        let stored = try await query(
            """
            insert into report (jobset_id, generation, document, body, html, junit, baseline_id)
            select id, generation, \(report.document)::text::jsonb, \(report.text), \(report.html), \(report.junit),
                \(baseline)
            from jobset where id = \(jobset) and generation = \(generation) and state = 'finished'
            on conflict do nothing returning 1
            """
        )
        guard stored.isEmpty else { return }
        guard try await hasReport(of: jobset, generation: generation) else { throw ReportOutdated() }
    }

    /// Whether the report of this generation is in the archive.
    public func hasReport(of jobset: UUID, generation: Int) async throws -> Bool {
        let rows = try await query(
            "select 1 from report where jobset_id = \(jobset) and generation = \(generation)"
        )
        return !rows.isEmpty
    }

    /// The archived report of a generation of a jobset; without one, of the latest that finished.
    public func storedReport(jobsetID: UUID, generation: Int? = nil) async throws -> ArchivedReport? {
        let rows = try await query(
            """
            select document::text as document, body as text, html, junit from report
            where jobset_id = \(jobsetID) and (\(generation) is null or generation = \(generation))
            order by generation desc limit 1
            """
        )
        return try rows.first?.decode(ArchivedReport.self)
    }
}

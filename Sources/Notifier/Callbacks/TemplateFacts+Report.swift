// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Reports

extension TemplateFacts {
    /// What a template can write of a finished jobset: `muster.report.v1`.
    ///
    /// - Parameters:
    ///   - report: The report, or at least how the jobset ended.
    ///   - document: The report as it is in the archive, which is then what is written of.
    init(_ report: FinishedJobsetReport, document: String? = nil, parameters: [String: String]) throws {
        let jobs = report.totals.jobs
        let failed = report.totals.tests.fail
        let parts = [
            report.verdictWords.remark ?? (jobs == 1 ? "1 job" : "\(jobs) jobs"),
            failed > 0 ? "\(failed) \(failed == 1 ? "test" : "tests") failed" : nil,
        ]
        self.init(
            json: try document ?? JSONReport.document(report),
            event: .finished,
            verdict: report.verdict,
            summary: Self.line(report.jobset.build, report.verdict.rawValue, parts.compactMap(\.self)),
            parameters: parameters
        )
    }

    /// What a template can write of an event other than the end.
    init(
        _ event: JobsetEvent,
        _ data: JobsetEventData,
        of jobset: Jobset,
        generation: Int,
        parameters: [String: String]
    ) throws {
        let words =
            switch event {
            case .firstFailure:
                "the first job has failed" + (data.job.map { ": \(JobTitle.line($0.environment, $0.name))" } ?? "")
            case .deadline: "its deadline has passed"
            case .canceled: "canceled"
            case .finished: "finished"
            case .accepted: generation > 1 ? "retried" : "accepted"
            case .progress: "\(data.total - data.pending) of \(data.total) jobs have ended"
            }
        self.init(
            json: try EventBody.members(data, of: jobset, generation: generation),
            event: event,
            verdict: nil,
            summary: Self.line(jobset.build, "still running", [words]),
            parameters: parameters
        )
    }

    /// The verdict comes before the numbers: the end of a long line is cut.
    private static func line(_ build: String, _ state: String, _ parts: [String]) -> String {
        let rest = " \(state): \(parts.joined(separator: ", "))"
        let room = max(20, TemplateFacts.summaryLength - rest.unicodeScalars.count)
        return HarmlessText.line(build, limit: room) + rest
    }
}

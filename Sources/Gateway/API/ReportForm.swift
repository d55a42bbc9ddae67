// SPDX-License-Identifier: Apache-2.0

import FleetStore

/// A form that a report is there in.
enum ReportForm: String, CaseIterable, Sendable {
    /// `muster.report.v1`.
    case json
    /// For people, in a terminal or a mail.
    case text

    /// Its media type.
    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .text: "text/plain; charset=utf-8"
        }
    }

    /// The report in this form.
    func text(of report: (document: String, text: String)) -> String {
        switch self {
        case .json: report.document
        case .text: report.text
        }
    }

    /// The form that `Accept` prefers; JSON without one.
    ///
    /// - Throws: ``Refusal`` 406 when it takes none of ours.
    static func wanted(by accept: String?) throws(Refusal) -> ReportForm {
        guard let accept else { return .json }
        let ranges = AcceptedTypes(accept)
        let best = allCases.map { ($0, ranges.quality(of: $0.mediaType)) }.max { $0.1 < $1.1 }
        guard let (_, quality) = best, quality > 0 else { throw .notAcceptable(allCases.map(\.mediaType)) }
        // Of several that are as welcome, the first of ours.
        return allCases.first { ranges.quality(of: $0.mediaType) == quality } ?? .json
    }
}

// SPDX-License-Identifier: Apache-2.0

import FleetStore

/// A form that a report is there in.
enum ReportForm: String, CaseIterable, Sendable {
    /// `muster.report.v1`.
    case json
    /// For people, in a terminal or a mail.
    case text
    /// For browsers and mails.
    case html
    /// For CI servers.
    case junit

    /// Its media type.
    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .text: "text/plain; charset=utf-8"
        case .html: "text/html; charset=utf-8"
        case .junit: "application/xml"
        }
    }

    /// What a browser may do with it: the page has its look in itself, and nothing else.
    var contentPolicy: String? {
        self == .html ? HeaderMiddleware.contentPolicy + "; style-src 'unsafe-inline'" : nil
    }

    /// The report in this form; `nil` if it was made before there was this form.
    func text(of report: ArchivedReport) -> String? {
        switch self {
        case .json: report.document
        case .text: report.text
        case .html: report.html
        case .junit: report.junit
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

// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// A report as a JSON document of schema `muster.report.v1`, described in `docs/report.md`.
///
/// Keys are sorted and times are ISO 8601 in UTC, so the same report is the same text.
package enum JSONReport {
    /// What the document's `schema` says. A field may be added to it; none changes its meaning or goes away.
    package static let schema = "muster.report.v1"

    /// The document.
    ///
    /// - Throws: `EncodingError`, for which no reason is known.
    package static func document(_ report: FinishedJobsetReport, limits: ReportLimits = .json) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let written = Written(entry: report, limits: limits, earlier: report.earlier)
        return String(decoding: try encoder.encode(written), as: UTF8.self)
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension ReportFormat {
    /// The report in this format, with what it holds itself: JUnit without the test cases that passed, which a report
    /// does not hold.
    ///
    /// - Throws: `EncodingError`, for which no reason is known.
    package func write(_ report: FinishedJobsetReport) throws -> String {
        switch self {
        case .json: try JSONReport.document(report)
        case .text: TextReport.text(report)
        case .html: HTMLReport.html(report)
        case .junit: JUnitReport.xml(report)
        }
    }
}

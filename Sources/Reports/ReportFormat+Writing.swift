// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension ReportFormat {
    /// The report in this format, with what it holds itself: JUnit and KCIDB without the test cases that passed, which a
    /// report does not hold.
    ///
    /// - Parameter kcidb: What the report's project has for a KCIDB.
    /// - Returns: `nil` for a format that the project does not have.
    /// - Throws: `EncodingError`, for which no reason is known.
    package func write(_ report: FinishedJobsetReport, kcidb: KCIDBSettings? = nil) throws -> String? {
        switch self {
        case .json: try JSONReport.document(report)
        case .text: TextReport.text(report)
        case .html: HTMLReport.html(report)
        case .junit: JUnitReport.xml(report)
        case .mail: ListReport.text(report)
        case .kcidb: try kcidb.map { try KCIDBReport.json(report, $0) }
        }
    }
}

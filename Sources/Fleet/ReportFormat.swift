// SPDX-License-Identifier: Apache-2.0

/// A format in which a report is written, archived and asked for.
package enum ReportFormat: String, CaseIterable, Codable, Sendable {
    /// `muster.report.v1`, for programs.
    case json
    /// For terminals and mail.
    case text
    /// For browsers and mail.
    case html
    /// For CI servers.
    case junit

    /// What people call it.
    package var name: String {
        switch self {
        case .json: "JSON"
        case .text: "text"
        case .html: "HTML"
        case .junit: "JUnit XML"
        }
    }

    /// Its media type, as in `Content-Type`.
    package var mediaType: String {
        switch self {
        case .json: "application/json"
        case .text: "text/plain; charset=utf-8"
        case .html: "text/html; charset=utf-8"
        case .junit: "application/xml"
        }
    }
}

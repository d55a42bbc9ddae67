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
    /// For mailing lists of developers.
    case mail
    /// For a KCIDB, KernelCI's database.
    case kcidb

    /// Whether only projects that are configured for it have it.
    package var isOptional: Bool { self == .kcidb }

    /// The formats that a media type stands for: of several of one type, the first.
    package static let byMediaType: [ReportFormat] = allCases.reduce(into: []) { found, format in
        if !found.contains(where: { $0.mediaType == format.mediaType }) { found.append(format) }
    }

    /// What people call it.
    package var name: String {
        switch self {
        case .json: "JSON"
        case .text: "text"
        case .html: "HTML"
        case .junit: "JUnit XML"
        case .mail: "text for mailing lists"
        case .kcidb: "KCIDB"
        }
    }

    /// Its media type, as in `Content-Type`.
    package var mediaType: String {
        switch self {
        case .json, .kcidb: "application/json"
        case .text, .mail: "text/plain; charset=utf-8"
        case .html: "text/html; charset=utf-8"
        case .junit: "application/xml"
        }
    }
}

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
        try text(of: report, limits, earlier: report.earlier)
    }

    /// An entry as a document of its own.
    static func text(
        of entry: some ReportEntry,
        _ limits: ReportLimits,
        earlier: [EnvironmentTest: EarlierRuns] = [:]
    ) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let written = Written(entry: entry, limits: limits, earlier: earlier)
        return String(decoding: try encoder.encode(written), as: UTF8.self)
    }
}

/// What stands in `muster.report.v1` as an object: it names its members there, one a line.
///
/// The report is a contract with a version of its own, so it says which fields of a record it tells, and bounds every
/// text that somebody else wrote.
protocol ReportEntry {
    func write(to entry: inout ReportMembers) throws
}

/// The members of one object, while they are written. What has no value is left out.
struct ReportMembers {
    /// How much the report lists and how long its texts are.
    let limits: ReportLimits
    /// How often failed tests failed before.
    let earlier: [EnvironmentTest: EarlierRuns]
    private var container: KeyedEncodingContainer<TextKey>

    init(_ encoder: any Encoder, _ limits: ReportLimits, _ earlier: [EnvironmentTest: EarlierRuns]) {
        self.limits = limits
        self.earlier = earlier
        container = encoder.container(keyedBy: TextKey.self)
    }

    /// A value as it is.
    mutating func add(_ key: String, _ value: (some Encodable)?) throws {
        try container.encodeIfPresent(value, forKey: TextKey(stringValue: key))
    }

    mutating func add(_ key: String, _ id: UUID) throws { try add(key, id.text) }

    mutating func add(_ key: String, _ time: Date?) throws { try add(key, time.map(Timestamp.iso8601)) }

    /// A name: one line.
    mutating func add(name text: String?, _ key: String) throws {
        try add(key, text.map { HarmlessText.line($0, limit: limits.nameLength) })
    }

    /// A reason: one or several lines.
    mutating func add(reason text: String?, _ key: String) throws {
        try add(key, text.map { HarmlessText.block($0, limit: limits.reasonLength) })
    }

    mutating func add(entry: (some ReportEntry)?, _ key: String) throws {
        try add(key, entry.map { Written(entry: $0, limits: limits, earlier: earlier) })
    }

    mutating func add(entries: some Sequence<some ReportEntry>, _ key: String) throws {
        try add(key, entries.map { Written(entry: $0, limits: limits, earlier: earlier) })
    }
}

/// An entry for an encoder.
struct Written<Entry: ReportEntry>: Encodable {
    let entry: Entry
    let limits: ReportLimits
    let earlier: [EnvironmentTest: EarlierRuns]

    func encode(to encoder: any Encoder) throws {
        var members = ReportMembers(encoder, limits, earlier)
        try entry.write(to: &members)
    }
}

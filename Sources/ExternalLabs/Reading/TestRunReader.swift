// SPDX-License-Identifier: Apache-2.0

import Fleet
package import FleetStore
import Foundation

/// Reads a test run as clients of SQUAD submit it: `tests`, `metrics` and `metadata`, each a JSON object.
///
/// Names, results and numbers are read as SQUAD 1.98 does (`squad/core/data.py`, `squad/core/tasks`).
package struct TestRunReader {
    private var list: TestList
    private var metadata: [String: String] = [:]

    /// What SQUAD says that is wrong with a test run.
    package struct Invalid: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String

        init(_ description: String) { self.description = description }
    }

    /// The fields that SQUAD also takes without `metadata`.
    package static let metadataFields = [
        "build_url", "datetime", "job_id", "job_status", "job_url", "resubmit_url",
    ]

    /// Reads a test run.
    ///
    /// - Parameter fields: What of ``metadataFields`` the form has; they count where there is no `metadata`.
    /// - Throws: ``Invalid``.
    package static func read(
        tests: String?,
        metrics: String?,
        metadata: String?,
        fields: [String: String],
        rules: ReportRules
    ) throws(Invalid) -> ReportedResult {
        var reader = TestRunReader(list: TestList(rules: rules))
        if let metadata { try reader.readMetadata(metadata) } else { reader.metadata = fields }
        if let tests, !tests.isEmpty { try reader.readTests(tests) }
        if let metrics, !metrics.isEmpty { try reader.readMetrics(metrics) }
        return try reader.result()
    }

    private init(list: TestList) { self.list = list }

    private func result() throws(Invalid) -> ReportedResult {
        if let job = metadata["job_id"], job.contains("/") {
            throw Invalid("job_id cannot contain the \"/\" character")
        }
        let outcome: JobOutcome =
            switch metadata["job_status"]?.lowercased() {
            case "incomplete": .incomplete
            case "canceled": .canceled
            default: .complete
            }
        let status = metadata["job_status"] ?? ""
        do {
            let checked = try ResultReader.result(
                outcome: outcome,
                reason: outcome == .complete ? nil : "reported as \(status)",
                url: metadata["job_url"].flatMap { $0.isEmpty ? nil : $0 },
                run: metadata["job_id"].flatMap { $0.isEmpty ? nil : $0 },
                list: list
            )
            return checked
        } catch {
            throw Invalid(error.faults.map { "\($0.pointer.dropFirst()) \($0.reason)" }.joined(separator: ", "))
        }
    }

    // MARK: The three parts

    private mutating func readMetadata(_ text: String) throws(Invalid) {
        var values: [String: String] = [:]
        try Self.members(of: text, called: "metadata") { key, cursor throws(JSONSyntaxError) in
            switch try cursor.kind() {
            case .string: values[key] = try cursor.string()
            case .number: values[key] = String(try cursor.number())
            default:
                if key == "job_id" { values["job_id"] = "/" }
                try cursor.skip(depth: 1)
            }
        }
        if values["job_id"] == "/" { throw Invalid("job_id should be an integer or a string") }
        metadata = values.filter { Self.metadataFields.contains($0.key) }
    }

    private mutating func readTests(_ text: String) throws(Invalid) {
        var list = list
        try Self.members(of: text, called: "tests") { key, cursor throws(JSONSyntaxError) in
            var word: String?
            if try cursor.kind() == .object {
                var members = try cursor.enterObject()
                while let member = try cursor.nextKey(&members) {
                    if member == "result", try cursor.kind() == .string {
                        word = try cursor.string()
                    } else {
                        try cursor.skip(depth: 2)
                    }
                }
            } else if try cursor.kind() == .string {
                word = try cursor.string()
            } else {
                try cursor.skip(depth: 1)
            }
            let (suite, name) = Self.parts(of: key)
            list.add("/tests/\(list.tests.count)", suite: suite, name: name, status: Self.status(word))
        }
        self.list = list
    }

    private mutating func readMetrics(_ text: String) throws(Invalid) {
        var list = list
        var wrong: String?
        try Self.members(of: text, called: "metrics") { key, cursor throws(JSONSyntaxError) in
            var value: String?
            var units: String?
            if try cursor.kind() == .object {
                var members = try cursor.enterObject()
                while let member = try cursor.nextKey(&members) {
                    switch member {
                    case "value": value = try Self.number(&cursor)
                    case "unit":
                        if try cursor.kind() == .string {
                            units = try cursor.string()
                        } else {
                            try cursor.skip(depth: 2)
                        }
                    default: try cursor.skip(depth: 2)
                    }
                }
            } else {
                value = try Self.number(&cursor)
            }
            guard let value else {
                wrong = wrong ?? key
                return
            }
            let (suite, name) = Self.parts(of: key)
            list.add(
                "/metrics/\(list.tests.count)",
                suite: suite,
                name: name,
                status: .pass,
                measurement: value,
                units: units
            )
        }
        if let wrong { throw Invalid("metrics: \(wrong.prefix(200)) is not a number, nor a list of numbers") }
        self.list = list
    }

    /// A number, a text that is one, or the mean of several; nil for anything else.
    private static func number(_ cursor: inout JSONCursor) throws(JSONSyntaxError) -> String? {
        switch try cursor.kind() {
        case .number: return TestList.decimal(String(try cursor.number()))
        case .string: return TestList.decimal(try cursor.string())
        case .array:
            var elements = try cursor.enterArray()
            var sum = 0.0
            var count = 0.0
            var areNumbers = true
            while try cursor.nextElement(&elements) {
                guard try cursor.kind() == .number, let number = Double(String(try cursor.number())) else {
                    areNumbers = false
                    try cursor.skip(depth: 3)
                    continue
                }
                sum += number
                count += 1
            }
            return areNumbers && count > 0 ? TestList.decimal("\(sum / count)") : nil
        default:
            try cursor.skip(depth: 2)
            return nil
        }
    }

    /// Walks over the members of an object.
    private static func members(
        of text: String,
        called name: String,
        _ take: (String, inout JSONCursor) throws(JSONSyntaxError) -> Void
    ) throws(Invalid) {
        let bytes = Array(text.utf8)
        var cursor = JSONCursor(bytes)
        do {
            var members = try cursor.enterObject()
            while let key = try cursor.nextKey(&members) { try take(key, &cursor) }
            try cursor.end()
        } catch {
            throw Invalid("\(name) is not valid JSON: \(error.problem) at byte \(error.offset)")
        }
    }

    /// The suite and the name of a test, as SQUAD's `parse_name` takes them apart: at the last slash that is not within
    /// brackets at the end.
    static func parts(of key: String) -> (suite: String, name: String) {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last else { return ("/", key) }
        var index = parts.count - 1
        if last.hasSuffix("]"), let first = parts.firstIndex(where: { $0.contains("[") }) { index = first }
        let suite = parts[..<index].joined(separator: "/")
        return (suite.isEmpty ? "/" : suite, parts[index...].joined(separator: "/"))
    }

    /// SQUAD knows pass, fail, and anything else as skip.
    private static func status(_ word: String?) -> ResultStatus {
        switch word?.lowercased() {
        case "pass": .pass
        case "fail": .fail
        default: .skip
        }
    }
}

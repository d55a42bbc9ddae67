// SPDX-License-Identifier: Apache-2.0

import Fleet
package import FleetStore
import YAML

/// Reads what is reported of a job: one JSON object, read strictly, with all faults at once.
///
/// Tests come as `tests` (a list), `junit` or `ktap` (texts); one of them, or none.
package struct ResultReader {
    private var cursor: JSONCursor
    private var list: TestList
    private var seen: Set<String> = []

    private var outcome: JobOutcome?
    private var reason: String?
    private var isInfrastructure = false
    private var url: String?
    private var run: String?
    private var attempt: Int?

    /// The keys of the object.
    static let keys = ["attempt", "infrastructure", "junit", "ktap", "outcome", "reason", "tests", "url"]

    /// Reads a body.
    ///
    /// - Throws: ``ReportFaults``.
    package static func read(_ bytes: [UInt8], rules: ReportRules) throws(ReportFaults) -> ReportedResult {
        if let position = invalidPlace(in: bytes) {
            throw ReportFaults([Fault(pointer: "", reason: "is not UTF-8 at \(position)")])
        }
        var reader = ResultReader(bytes, rules: rules)
        do {
            try reader.readObject()
            try reader.cursor.end()
        } catch {
            let position = TextPosition(of: error.offset, in: bytes)
            reader.list.fault("", "is not valid JSON at \(position): \(error.problem)")
        }
        return try reader.result()
    }

    /// A result from its parts, by the same rules.
    ///
    /// - Throws: ``ReportFaults``.
    static func result(
        outcome: JobOutcome,
        reason: String?,
        url: String?,
        run: String?,
        list: TestList
    ) throws(ReportFaults) -> ReportedResult {
        var reader = ResultReader([], rules: list.rules)
        (reader.outcome, reader.reason, reader.url, reader.run, reader.list) = (outcome, reason, url, run, list)
        return try reader.result()
    }

    private init(_ bytes: [UInt8], rules: ReportRules) {
        cursor = JSONCursor(bytes, from: ByteOrderMark.count(before: bytes))
        list = TestList(rules: rules)
    }

    private static func invalidPlace(in bytes: [UInt8]) -> TextPosition? {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return TextPosition(of: error.byteOffsets.lowerBound, in: bytes)
        }
    }

    /// What was read, checked as a whole.
    private mutating func result() throws(ReportFaults) -> ReportedResult {
        if let url, let complaint = CallbackURL.complaint(about: url, maximumBytes: ReportRules.urlBytes) {
            list.fault("/url", complaint)
        }
        if let reason {
            if let complaint = StorableText.complaint(about: reason) { list.fault("/reason", complaint) }
            if reason.unicodeScalars.count > ReportRules.reasonLength {
                list.fault("/reason", "has more than \(ReportRules.reasonLength) characters")
            }
        }
        if let run, run.unicodeScalars.count > ReportRules.nameLength || !StorableText.isStorable(run) {
            list.fault("/job_id", "must be a text of at most \(ReportRules.nameLength) characters")
        }
        let present = seen.intersection(["tests", "junit", "ktap"]).sorted()
        if present.count > 1 { list.fault("/\(present[1])", "must not be given together with \"\(present[0])\"") }
        if isInfrastructure, outcome != .incomplete {
            list.fault("/infrastructure", "is only for the outcome \"incomplete\"")
        }
        guard let outcome else {
            if !seen.contains("outcome") { list.fault("/outcome", "is missing") }
            throw ReportFaults(list.faults)
        }
        guard list.faults.isEmpty else { throw ReportFaults(list.faults) }
        return ReportedResult(
            outcome: outcome,
            reason: reason,
            isInfrastructure: isInfrastructure,
            url: url,
            run: run,
            attempt: attempt,
            tests: list.tests
        )
    }
}

extension ResultReader {
    private mutating func readObject() throws(JSONSyntaxError) {
        guard try cursor.kind() == .object else { return list.fault("", "must be a JSON object") }
        var members = try cursor.enterObject()
        while let key = try cursor.nextKey(&members) {
            guard Self.keys.contains(key) else {
                list.fault(
                    "/\(key.prefix(100))",
                    "is not a key of a result; known: \(Self.keys.joined(separator: ", "))"
                )
                try cursor.skip()
                continue
            }
            guard seen.insert(key).inserted else {
                list.fault("/\(key)", "is there more than once")
                try cursor.skip()
                continue
            }
            try readMember(key)
        }
    }

    private mutating func readMember(_ key: String) throws(JSONSyntaxError) {
        let pointer = "/\(key)"
        switch key {
        case "outcome":
            guard let word = try text(pointer) else { return }
            outcome = ReportedOutcome(rawValue: word)?.outcome
            if outcome == nil { list.fault(pointer, "must be one of \(ReportedOutcome.words)", found: word) }
        case "reason": reason = try text(pointer)
        case "url": url = try text(pointer)
        case "junit": if let text = try text(pointer) { JUnitReader.read(text, into: &list, at: pointer) }
        case "ktap": if let text = try text(pointer) { KTAPReader.read(text, into: &list, at: pointer) }
        case "infrastructure":
            guard try cursor.kind() == .boolean else { return try wrong(pointer, "must be true or false") }
            isInfrastructure = try cursor.boolean()
        case "attempt":
            guard try cursor.kind() == .number else { return try wrong(pointer, "must be a whole number from 1") }
            let number = try cursor.number()
            attempt = Int(number).flatMap { (1...Int(Int32.max)).contains($0) ? $0 : nil }
            if attempt == nil {
                list.fault(pointer, "must be a whole number from 1", found: String(number.prefix(100)))
            }
        default: try readTests(pointer)
        }
    }

    private mutating func readTests(_ pointer: String) throws(JSONSyntaxError) {
        guard try cursor.kind() == .array else { return try wrong(pointer, "must be a list of tests") }
        var elements = try cursor.enterArray()
        var index = 0
        while try cursor.nextElement(&elements) {
            guard list.hasRoom(pointer) else {
                try cursor.skip(depth: 2)
                continue
            }
            try readTest("\(pointer)/\(index)")
            index += 1
        }
    }

    private mutating func readTest(_ pointer: String) throws(JSONSyntaxError) {
        guard try cursor.kind() == .object else {
            return try wrong(pointer, "must be an object with \"name\" and \"result\"")
        }
        var fields: [String: String] = [:]
        var members = try cursor.enterObject()
        while let key = try cursor.nextKey(&members) {
            let place = "\(pointer)/\(key.prefix(100))"
            guard ["suite", "name", "result", "measurement", "units"].contains(key), fields[key] == nil else {
                list.fault(
                    place,
                    fields[key] == nil
                        ? "is not a key of a test; known: measurement, name, result, suite, units"
                        : "is there more than once"
                )
                try cursor.skip(depth: 3)
                continue
            }
            if key == "measurement", try cursor.kind() == .number {
                fields[key] = String(try cursor.number())
            } else {
                fields[key] = try text(place) ?? ""
            }
        }
        guard let name = fields["name"] else { return list.fault("\(pointer)/name", "is missing") }
        guard let word = fields["result"] else { return list.fault("\(pointer)/result", "is missing") }
        guard let status = ResultStatus.ofLabs.first(where: { $0.rawValue == word }) else {
            let words = ResultStatus.ofLabs.map(\.rawValue).joined(separator: ", ")
            return list.fault("\(pointer)/result", "must be one of \(words)", found: word)
        }
        list.add(
            pointer,
            suite: fields["suite"] ?? "tests",
            name: name,
            status: status,
            measurement: fields["measurement"],
            units: fields["units"]
        )
    }

    /// A string; nil, and a fault, if it is another value.
    private mutating func text(_ pointer: String) throws(JSONSyntaxError) -> String? {
        guard try cursor.kind() == .string else {
            try wrong(pointer, "must be a string")
            return nil
        }
        return try cursor.string()
    }

    private mutating func wrong(_ pointer: String, _ reason: String) throws(JSONSyntaxError) {
        list.fault(pointer, reason)
        try cursor.skip(depth: 3)
    }
}

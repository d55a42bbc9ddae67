// SPDX-License-Identifier: Apache-2.0

/// One test case of a job, made up when it is asked for: ten thousand jobs with four cases each need no memory.
struct LabResult: Sendable {
    var id: Int
    var suite: Int
    var suiteName: String
    var name: String
    var result: String
    var measurement: String?
    var unit: String
    var metadata: String
    var logged: Moment
}

extension LabJob {
    private var lavaCases: [String] { ["validate", "file-download", "execute-qemu", "lava-test-monitor", "job"] }

    private var caseCount: Int { behaviour.pass + behaviour.fail + behaviour.skip }

    /// How many suites and results it has once it has finished. A canceled job has none.
    var resultCounts: (suites: Int, results: Int) {
        guard health != .canceled else { return (0, 0) }
        return (caseCount > 0 ? 2 : 1, lavaCases.count + caseCount)
    }

    /// The names of its suites by their numbers.
    var suites: [(id: Int, name: String)] {
        guard state == .finished else { return [] }
        return [(firstSuite, "lava"), (firstSuite + 1, behaviour.suite)].prefix(resultCounts.suites).map { $0 }
    }

    /// How many results it shows.
    var resultCount: Int { state == .finished && endTime != nil ? resultCounts.results : 0 }

    /// Some of its results, from 0: LAVA's own steps, then the suite, failures first. Each is made up when it is asked
    /// for, so that a page of fifty thousand takes no longer than any other.
    func results(_ range: Range<Int>) -> [LabResult] {
        guard let endTime else { return [] }
        return range.clamped(to: 0..<resultCount).map { place in
            place < lavaCases.count
                ? lavaResult(place, logged: endTime) : suiteResult(place - lavaCases.count + 1, logged: endTime)
        }
    }

    private func lavaResult(_ place: Int, logged: Moment) -> LabResult {
        let name = lavaCases[place]
        let isTimed = name != "validate" && name != "job"
        var result = LabResult(
            id: firstResult + place,
            suite: firstSuite,
            suiteName: "lava",
            name: name,
            result: "pass",
            measurement: isTimed ? "0.0100000000" : nil,
            unit: isTimed ? "seconds" : "",
            metadata: "case: \(name)\ndefinition: lava\n\(isTimed ? "duration: '0.01'\n" : "")result: pass\n",
            logged: logged
        )
        if name == "job", health == .incomplete {
            result.result = "fail"
            result.metadata = failureMetadata
        }
        return result
    }

    private func suiteResult(_ number: Int, logged: Moment) -> LabResult {
        let outcome = number <= behaviour.fail ? "fail" : number <= behaviour.fail + behaviour.pass ? "pass" : "skip"
        return LabResult(
            id: firstResult + lavaCases.count + number - 1,
            suite: firstSuite + 1,
            suiteName: behaviour.suite,
            name: "case_\(number)",
            result: outcome,
            measurement: "\(number).0000000000",
            unit: "ms",
            metadata: "case: case_\(number)\ndefinition: \(behaviour.suite)\nlevel: '3.1'\n"
                + "measurement: '\(number)'\nresult: \(outcome)\nunits: ms\n",
            logged: logged
        )
    }

    /// What the failed `lava/job` case says. A runner that was killed leaves no reason; so does an empty one.
    private var failureMetadata: String {
        var text = "case: job\ndefinition: lava\n"
        if let message = behaviour.errorMessage, !message.isEmpty { text += "error_msg: \(Self.yaml(message))\n" }
        if let type = behaviour.errorType, !type.isEmpty { text += "error_type: \(Self.yaml(type))\n" }
        return text + "result: fail\n"
    }

    /// A text as YAML: plain where that is safe, else in single quotes, where a line end is written as an empty line.
    private static func yaml(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || " -_./".contains($0)) }
        if isPlain, text.first?.isLetter ?? false, !text.hasSuffix(" ") { return text }
        let quoted = text.replacing("'", with: "''").replacing("\n", with: "\n\n  ")
        return "'\(quoted)'"
    }
}

// SPDX-License-Identifier: Apache-2.0

/// One test case of a job, made up when it is asked for: ten thousand jobs with four cases each need no memory.
struct LabResult: Sendable {
    var id: Int
    var suite: Int
    var suiteName: String
    /// LAVA's number of the test set.
    var testSet: Int?
    var name: String
    var result: String
    var measurement: String?
    var unit: String
    var metadata: String
    var logged: Moment
}

extension LabJob {
    private var lavaCases: [String] { ["validate", "file-download", "execute-qemu", "lava-test-monitor", "job"] }

    /// How many cases a suite has in each of its test sets.
    private var caseCount: Int { behaviour.pass + behaviour.fail + behaviour.skip }

    /// How many test sets a suite has; one without any is one.
    private var setCount: Int { max(1, behaviour.sets.count) }

    /// How many suites and results it has once it has finished. A canceled job has none.
    var resultCounts: (suites: Int, results: Int) {
        guard health != .canceled else { return (0, 0) }
        guard caseCount > 0 else { return (1, lavaCases.count) }
        return (1 + behaviour.suites.count, lavaCases.count + caseCount * setCount * behaviour.suites.count)
    }

    /// The names of its suites by their numbers.
    var suites: [(id: Int, name: String)] {
        guard state == .finished else { return [] }
        let names = (["lava"] + behaviour.suites).prefix(resultCounts.suites)
        return names.enumerated().map { (firstSuite + $0, $1) }
    }

    /// How many results it shows.
    var resultCount: Int { state == .finished && endTime != nil ? resultCounts.results : 0 }

    /// Some of its results, from 0: LAVA's own steps, then the suites, in each test set failures first. Each is made up when it is asked
    /// for, so that a page of fifty thousand takes no longer than any other.
    func results(_ range: Range<Int>) -> [LabResult] {
        guard let endTime else { return [] }
        return range.clamped(to: 0..<resultCount).map { place in
            place < lavaCases.count
                ? lavaResult(place, logged: endTime) : suiteResult(place - lavaCases.count, logged: endTime)
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
        } else if name == behaviour.failedStep {
            result.result = "fail"
            result.metadata = result.metadata.replacing("result: pass", with: "result: fail")
        }
        return result
    }

    private func suiteResult(_ place: Int, logged: Moment) -> LabResult {
        let number = place % caseCount + 1
        let set = place / caseCount % setCount
        let suite = place / caseCount / setCount
        let name = behaviour.suites[suite]
        let outcome = number <= behaviour.fail ? "fail" : number <= behaviour.fail + behaviour.pass ? "pass" : "skip"
        let setName = behaviour.sets.isEmpty ? "" : "set: \(behaviour.sets[set])\n"
        return LabResult(
            id: firstResult + lavaCases.count + place,
            suite: firstSuite + 1 + suite,
            suiteName: name,
            testSet: behaviour.sets.isEmpty ? nil : firstSuite + suite * setCount + set,
            name: "case_\(number)",
            result: outcome,
            measurement: "\(number).0000000000",
            unit: "ms",
            metadata: "case: case_\(number)\ndefinition: \(name)\nlevel: '3.1'\n"
                + "measurement: '\(number)'\nresult: \(outcome)\n\(setName)units: ms\n",
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

// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// What a job is to do, taken from its definition: from `metadata` keys that begin with `sim.`, or from the
/// arguments of the real lab's sample jobs (`cases=4 fail=2 sleep=0 mode=run`).
struct Behaviour: Sendable, Equatable {
    /// How long it runs, in milliseconds.
    var runMilliseconds = 0
    var health = LabJob.Health.complete
    var pass = 4
    var fail = 0
    var skip = 0
    /// The names of its suites; each has all of its cases.
    var suites = ["sim"]
    /// The test sets of each suite; each has all of its cases.
    var sets: [String] = []
    var errorType: String?
    var errorMessage: String?
    /// The step of LAVA's own suite that fails, though the job completes.
    var failedStep: String?
    /// The first submissions under its `job_name` that end Incomplete whatever else is said.
    var failFirst = 0

    /// The largest run time and number of cases, so that a definition cannot ask for the machine's memory.
    static let maximumRunMilliseconds = 7 * 86_400_000
    static let maximumCases = 100_000
    static let maximumFailures = 1_000
    static let maximumSuites = 100

    /// What it is for one of the first tries, which fails: for the reason that is given, or else as labs fail.
    var failing: Behaviour {
        var failing = self
        failing.health = .incomplete
        failing.errorType = errorType ?? "Infrastructure"
        failing.errorMessage = errorMessage ?? "Connection closed"
        return failing
    }
}

/// Finds out what a job is to do.
struct BehaviourReader {
    var defaults: Behaviour

    func behaviour(of job: Node.Mapping, text: String) -> Behaviour {
        var behaviour = sample(text) ?? defaults
        guard let metadata = job["metadata"]?.mapping else { return behaviour }
        func word(_ key: String) -> String? { metadata["sim.\(key)"]?.scalar?.string }
        func count(_ key: String, _ limit: Int) -> Int? { word(key).flatMap { Int($0) }.map { min(max(0, $0), limit) } }
        func names(_ key: String) -> [String]? {
            let names = word(key)?.split(separator: " ").prefix(Behaviour.maximumSuites).map(String.init) ?? []
            return names.isEmpty ? nil : names
        }
        behaviour.runMilliseconds = count("run_ms", Behaviour.maximumRunMilliseconds) ?? behaviour.runMilliseconds
        behaviour.pass = count("cases", Behaviour.maximumCases) ?? behaviour.pass
        behaviour.failFirst = count("fail_first", Behaviour.maximumFailures) ?? 0
        behaviour.pass = count("pass", Behaviour.maximumCases) ?? behaviour.pass
        behaviour.fail = count("fail", Behaviour.maximumCases) ?? behaviour.fail
        behaviour.skip = count("skip", Behaviour.maximumCases) ?? behaviour.skip
        if let suite = word("suite") { behaviour.suites = [suite] }
        // LAVA puts the place of a test definition before its name.
        if let suites = names("suites") { behaviour.suites = suites.enumerated().map { "\($0)_\($1)" } }
        behaviour.sets = names("sets") ?? []
        behaviour.failedStep = word("fail_step")
        switch word("health") {
        case "complete": behaviour.health = .complete
        case "incomplete":
            behaviour.health = .incomplete
            behaviour.errorType = "Infrastructure"
            behaviour.errorMessage = "Connection closed"
        case "canceled": behaviour.health = .canceled
        default: break
        }
        behaviour.errorType = word("error_type") ?? behaviour.errorType
        behaviour.errorMessage = word("error_msg") ?? behaviour.errorMessage
        return behaviour
    }

    /// The real lab's sample jobs say what they do in the arguments of their image.
    private func sample(_ text: String) -> Behaviour? {
        if ByteSearch.contains("/no-such-", in: text) {
            var behaviour = defaults
            behaviour.suites = ["fleet"]
            behaviour.health = .incomplete
            (behaviour.pass, behaviour.fail, behaviour.skip) = (0, 0, 0)
            behaviour.errorType = "Job"
            behaviour.errorMessage = "Invalid job data: [\"Image file does not exist or is not readable\"]\n"
            return behaviour
        }
        guard let cases = number("cases=", text) else { return nil }
        var behaviour = defaults
        behaviour.suites = ["fleet"]
        let fail = min(Int(number("fail=", text) ?? 0), Behaviour.maximumCases)
        behaviour.fail = fail
        behaviour.pass = max(0, min(Int(cases), Behaviour.maximumCases) - fail)
        behaviour.skip = 0
        behaviour.runMilliseconds += Int((number("sleep=", text) ?? 0) * 1_000)
        if ByteSearch.contains("mode=die", in: text) {
            behaviour.health = .incomplete
            (behaviour.pass, behaviour.fail) = (0, 0)
            behaviour.errorType = "Infrastructure"
            behaviour.errorMessage = "Connection closed"
        } else if ByteSearch.contains("mode=hang", in: text) {
            let seconds = number("timeout: {seconds: ", text) ?? 300
            behaviour.runMilliseconds = Int(seconds * 1_000)
            behaviour.health = .incomplete
            behaviour.errorType = "Test"
            behaviour.errorMessage = "lava-test-monitor timed out after \(Int(seconds)) seconds"
        }
        return behaviour
    }

    private func number(_ key: String, _ text: String) -> Double? {
        guard let start = ByteSearch.offset(of: key, in: text) else { return nil }
        let digits = text.utf8.dropFirst(start + key.utf8.count).prefix(20).prefix {
            (48...57).contains($0) || $0 == 46
        }
        guard let value = Double(String(Substring(digits))), value.isFinite, value >= 0 else { return nil }
        return min(value, 604_800)
    }
}

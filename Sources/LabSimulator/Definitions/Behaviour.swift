// SPDX-License-Identifier: Apache-2.0

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

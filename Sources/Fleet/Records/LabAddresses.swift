// SPDX-License-Identifier: Apache-2.0

/// Where the labs' own pages are.
package struct LabAddresses: Sendable {
    private let urls: [String: String]

    /// The root of each lab's web server, by the lab's name.
    package init(_ urls: [String: String]) { self.urls = urls }

    /// The lab's page of a job, at a line of its log where one is given; nil for a lab that is not configured any more.
    package func link(to number: Int, of backend: String, line: Int? = nil) -> String? {
        urls[backend].map { Self.page(of: number, labURL: $0, line: line) }
    }

    /// The page of lab job `number` in the lab whose web server has its root at `labURL`: LAVA's `scheduler/job/…`.
    ///
    /// - Parameter line: A line of its log to lead to, as LAVA gives it with a test case. LAVA counts these from 0
    ///   (`YAMLLogger.marker` in `lava_common/log.py`), and so does its page, whose lines have the ids `L0`, `L1` …
    ///   (`lava_scheduler_app/templates/lava_scheduler_app/job.html`, both of 2023.01). One below 0 is no line.
    package static func page(of number: Int, labURL: String, line: Int? = nil) -> String {
        var root = Substring(labURL)
        while root.hasSuffix("/") { root = root.dropLast() }
        return "\(root)/scheduler/job/\(number)" + (line.flatMap { $0 < 0 ? nil : "#L\($0)" } ?? "")
    }
}

/// Records with the pages of the labs that they name. The store leaves `url` out, for it knows no lab.
extension Job {
    package func linked(_ labs: LabAddresses) -> Job {
        var job = self
        job.labJobs = labJobs.map { $0.linked(labs, in: backend) }
        job.attemptHistory = attemptHistory?.map { $0.linked(labs, in: backend) }
        return job
    }
}

extension Attempt {
    package func linked(_ labs: LabAddresses, in backend: String) -> Attempt {
        var attempt = self
        attempt.labJobs = labJobs.map { $0.linked(labs, in: backend) }
        attempt.surplusLabJobs = surplusLabJobs?.map { surplus in
            var surplus = surplus
            surplus.url = labs.link(to: surplus.number, of: backend)
            return surplus
        }
        return attempt
    }
}

extension LabJob {
    package func linked(_ labs: LabAddresses, in backend: String) -> LabJob {
        var labJob = self
        labJob.url = url ?? labs.link(to: number, of: backend)
        return labJob
    }
}

extension TestResult {
    package func linked(_ labs: LabAddresses) -> TestResult {
        var result = self
        result.url = labs.link(to: labJob, of: backend, line: startLogLine)
        return result
    }
}

extension ComparedTest {
    package func linked(_ labs: LabAddresses) -> ComparedTest {
        var test = self
        if let backend, let labJob { test.url = labs.link(to: labJob, of: backend, line: startLogLine) }
        return test
    }
}

extension JobsetDifference {
    package func linked(_ labs: LabAddresses) -> JobsetDifference {
        var difference = self
        difference.tests.tests = tests.tests.mapValues { tests in tests.map { $0.linked(labs) } }
        return difference
    }
}

extension JobTimes {
    package func linked(_ labs: LabAddresses) -> JobTimes {
        var times = self
        for index in times.slowest.indices {
            let job = times.slowest[index]
            times.slowest[index].url = labs.link(to: job.labJob, of: job.backend)
        }
        return times
    }
}

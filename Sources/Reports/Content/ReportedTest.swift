// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// A test case of a job's last attempt.
package struct ReportedTest: Sendable, Equatable {
    /// The place of its job in the document, from 0.
    package var job: Int
    /// The environment of its job.
    package var environment: String
    package var suite: String
    /// LAVA's number of the suite: the same suite run twice in a job stays apart.
    package var suiteNumber: Int
    /// Which run of the suite within its lab job, from 1.
    package var suiteRun: Int
    /// The test case's name.
    package var name: String
    package var status: ResultStatus
    /// Whether its job did not complete; what such a job has found is kept.
    package var isJobIncomplete: Bool
    /// The lab that its job was for; `nil` where that is not known.
    package var backend: String?
    /// LAVA's number of the lab job.
    package var labJob: Int
    /// The lab job's part in a multinode group.
    package var role: String?
    /// The lab job's page, at the place in its log where that is known; `nil` for a lab that is no longer configured.
    package var url: String?
    /// Its measurement, in decimal digits.
    package var measurement: String?
    package var units: String?
    /// Where it begins in the lab job's log.
    package var startLogLine: Int?

    /// A test case as given.
    package init(
        job: Int,
        environment: String,
        suite: String,
        suiteNumber: Int,
        suiteRun: Int = 1,
        name: String,
        status: ResultStatus = .fail,
        isJobIncomplete: Bool = false,
        backend: String? = nil,
        labJob: Int,
        role: String? = nil,
        url: String? = nil,
        measurement: String? = nil,
        units: String? = nil,
        startLogLine: Int? = nil
    ) {
        self.job = job
        self.environment = environment
        self.suite = suite
        self.suiteNumber = suiteNumber
        self.suiteRun = suiteRun
        self.name = name
        self.status = status
        self.isJobIncomplete = isJobIncomplete
        self.backend = backend
        self.labJob = labJob
        self.role = role
        self.url = url
        self.measurement = measurement
        self.units = units
        self.startLogLine = startLogLine
    }

    var order: (String, String, Int, Int, String) { (environment, suite, job, suiteNumber, name) }
}

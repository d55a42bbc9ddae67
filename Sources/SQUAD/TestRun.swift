// SPDX-License-Identifier: Apache-2.0

/// One test run, as SQUAD takes it in one request.
package struct TestRun: Sendable, Equatable {
    /// A measured value. SQUAD keeps it as a floating point number.
    package struct Metric: Sendable, Equatable, Encodable {
        /// Never infinite, never not a number: JSON has neither.
        package let value: Double
        /// At most 30 characters, which is what SQUAD's column holds.
        package let unit: String?
    }

    /// Where it ran.
    package let environment: String
    /// Told apart by SQUAD within a build: a second run with the same id is refused.
    package let jobID: String
    /// `pass`, `fail` or `skip` by `suite/name`.
    package var tests: [String: String] = [:]
    package var metrics: [String: Metric] = [:]
    /// What else is known of the job, `job_id`, `job_status` and `job_url` among it.
    package var metadata: [String: String] = [:]
}

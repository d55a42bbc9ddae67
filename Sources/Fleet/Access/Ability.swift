// SPDX-License-Identifier: Apache-2.0

/// What a token lets its holder do in the projects that it is for.
package enum Ability: String, Sendable, Codable, CaseIterable {
    /// See jobsets, jobs, results and reports.
    case read
    /// Submit jobsets, add to them, seal and change them.
    case submit
    /// Submit jobs that a lab has already, by its number of them: what the lab says of them is shown to whoever reads
    /// the project. Without it `submit` allows new jobs alone.
    case watch
    /// Report the results of jobs that no lab of the fleet runs. It is good for no other job.
    case report
    /// Cancel jobsets and jobs.
    case cancel
    /// Send out jobs again.
    case retry
    /// Have deliveries made again.
    case redeliver
    /// Pause and resume labs, and have what was put aside handled again. It is of use in a token for all projects.
    case operate
}

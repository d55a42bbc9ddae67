// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetRuntime

extension FleetConfiguration {
    /// What each project demands of its jobs. A job without a result does not pass where nothing is configured.
    package var projectDemands: ProjectDemands {
        ProjectDemands(
            usual: .init(emptyJobs: .incomplete),
            projects: projects.mapValues { .init(emptyJobs: $0.emptyJobs, expect: $0.expect) }
        )
    }
}

// SPDX-License-Identifier: Apache-2.0

package import FleetStore
package import LAVA

extension SubmittedGroup {
    /// What was found in a lab.
    package init(_ found: LAVASubmission) {
        self.init(found.jobs.map { SubmittedLabJob(LAVALabJob($0)) }, size: found.size)
    }
}

extension SubmittedLabJob {
    /// A lab job as the lab named it.
    package init(_ labJob: LAVALabJob) {
        self.init(number: labJob.number, subID: labJob.subID, role: labJob.role)
    }
}

// SPDX-License-Identifier: Apache-2.0

package import FleetStore
package import Labs

extension SubmittedGroup {
    /// What a lab has made of an attempt.
    package init(_ made: LabSubmission) {
        self.init(made.jobs.compactMap(SubmittedLabJob.init), size: made.size)
    }
}

extension SubmittedLabJob {
    /// A lab job as the lab named it; nil if it has no number, under which every lab job is kept.
    package init?(_ labJob: LabJobReference) {
        guard let number = labJob.id.number else { return nil }
        self.init(number: number, subID: labJob.subID, role: labJob.role)
    }
}

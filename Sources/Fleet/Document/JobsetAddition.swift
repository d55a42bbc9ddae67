// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Jobs that are added to an open jobset, and perhaps its seal; or a callback for one that has none, however it stands.
package struct JobsetAddition: Sendable, Hashable {
    /// The jobset that they are added to.
    package let jobsetID: UUID
    /// The jobs; they stand behind those that the jobset has.
    package let jobs: [JobEntry]
    /// Whether nothing will be added after these.
    package let seals: Bool
    /// How many jobs the jobset will have: it is sealed once they are there, in whatever order its additions come in.
    package let declaredTotal: Int?
    /// Who is to be called, if the jobset has nobody to call.
    package let callback: CallbackRequest?
    /// 32 bytes of SHA-256 over what it means.
    package let digest: [UInt8]

    /// An addition from its parts, unchecked.
    ///
    /// - Parameter definition: The definition of the job at a place, if `jobs` have none with them.
    package init(
        jobsetID: UUID,
        jobs: [JobEntry],
        seals: Bool = false,
        declaredTotal: Int? = nil,
        callback: CallbackRequest? = nil,
        definition: ((Int) -> String)? = nil
    ) {
        self.jobsetID = jobsetID
        self.jobs = jobs
        self.seals = seals
        self.declaredTotal = declaredTotal
        self.callback = callback
        var digest = DocumentDigest(of: "muster.addition.1")
        digest.add(jobsetID.uuidString)
        digest.add(jobs, definition: definition)
        digest.addUnlessDefault("seal", seals ? "true" : nil)
        digest.addUnlessDefault("total", declaredTotal.map { "\($0)" })
        if let callback {
            digest.addUnlessDefault("callback", "")
            digest.add(callback)
        }
        self.digest = digest.finish()
    }
}

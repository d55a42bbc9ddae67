// SPDX-License-Identifier: Apache-2.0

package import FleetRuntime
package import FleetStore

extension FleetConfiguration {
    /// How long a request to `backend` whose answer was lost may still be carried out. A lab, or what stands before it,
    /// may go on for as long as the lab may take to answer.
    package func doubtTerms(of backend: Backend) -> DoubtTerms {
        DoubtTerms(
            settle: max(submitter.doubtSettle, backend.requestTimeout),
            secondLook: watcher.secondLook,
            cancelsExpired: watcher.deadlineCancels,
            giveUpAfter: watcher.labGoneAfter
        )
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What ingest answers to whoever published a jobset and asked for an answer.
package enum JobsetAnswer: Sendable, Equatable {
    /// It is stored under this id, with so many jobs.
    case accepted(id: UUID, total: Int)
    /// It is not, for these reasons.
    case refused(Problem)
}

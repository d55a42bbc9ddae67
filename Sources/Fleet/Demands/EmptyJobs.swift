// SPDX-License-Identifier: Apache-2.0

/// What becomes of a job that its lab ran to its end, but that brought no result of its own, or in which a step of LAVA's own
/// suite failed. Nobody knows whether what was to be tested is good.
package enum EmptyJobs: String, Sendable, Codable, CaseIterable {
    /// It counts as incomplete.
    case incomplete
    /// It passes, and is told of.
    case pass
}

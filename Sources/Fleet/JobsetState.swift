// SPDX-License-Identifier: Apache-2.0

/// Where a jobset is on its way.
package enum JobsetState: String, Sendable, Codable, CaseIterable {
    /// Some of its jobs are still out, or it is not sealed.
    case running
    /// Its counter reached zero; its deliveries exist.
    case finished
}

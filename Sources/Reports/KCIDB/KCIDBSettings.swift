// SPDX-License-Identifier: Apache-2.0

/// Under which name a project's results are known to a KCIDB, and what is known of its boards.
package struct KCIDBSettings: Sendable, Equatable {
    /// The name of this CI system there: lower-case letters, digits and `_`.
    package var origin: String
    /// The values of a board's device tree property `compatible`, by environment.
    package var compatible: [String: [String]]

    /// Settings as given.
    package init(origin: String, compatible: [String: [String]] = [:]) {
        self.origin = origin
        self.compatible = compatible
    }
}

// SPDX-License-Identifier: Apache-2.0

/// An error of which some are about what was to be done and not about the moment: trying the same again is of little use.
package protocol LastingError: Error {
    /// Whether the same will fail again.
    var isLasting: Bool { get }
}

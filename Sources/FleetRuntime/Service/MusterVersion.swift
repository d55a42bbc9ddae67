// SPDX-License-Identifier: Apache-2.0

/// Which Muster this is.
package enum MusterVersion {
    /// The version, as in the changelog.
    package static let current = "0.1.0"
}

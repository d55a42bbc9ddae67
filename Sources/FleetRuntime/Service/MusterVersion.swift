// SPDX-License-Identifier: Apache-2.0

/// Which Muster this is.
public enum MusterVersion {
    /// The version, as in the changelog.
    public static let current = "0.1.0"
}

// SPDX-License-Identifier: Apache-2.0

/// Which reports are mailed.
package enum MailWhen: String, Sendable, Codable, CaseIterable {
    /// All.
    case always
    /// Those that differ from their baseline: in the verdict, or in a test.
    case change
    /// Those in which a test fails that did not fail in the baseline.
    case regression
    /// Those of builds of which something is missing.
    case incomplete
    /// None.
    case never
}

// SPDX-License-Identifier: Apache-2.0

/// A day of the week.
package enum Weekday: String, Sendable, CaseIterable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// From 1, as ISO 8601 counts them.
    package var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
}

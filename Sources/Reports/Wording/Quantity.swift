// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// Measured numbers for people.
enum Quantity {
    /// With six significant digits: `12.5`, `1,234,567`.
    static func readable(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        guard abs(value) < 1e15 else { return String(format: "%.5e", value) }
        guard abs(value) < 100_000 else { return Int(value.rounded()).grouped }
        return String(format: "%.6g", value)
    }

    /// Seconds, to the millisecond.
    static func milliseconds(_ seconds: Double) -> Double { (seconds * 1_000).rounded() / 1_000 }

    /// With its sign: `+12.5 %`.
    static func percent(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "" }
        return String(format: abs(value) < 1_000 ? "%+.1f %%" : "%+.0f %%", value)
    }
}

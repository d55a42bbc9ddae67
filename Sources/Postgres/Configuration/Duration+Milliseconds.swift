// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// Rounded up; what is too long for an `Int64` is as long as that.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (thousands, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        let (sum, overflows) = thousands.addingReportingOverflow(rest)
        return overflows ? .max : sum
    }
}

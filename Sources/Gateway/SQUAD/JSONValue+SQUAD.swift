// SPDX-License-Identifier: Apache-2.0

import Foundation

extension JSONValue {
    /// A time as SQUAD writes it, to the microsecond.
    static func squadTime(_ time: Date?) -> JSONValue {
        guard let time else { return .null }
        let whole = time.timeIntervalSince1970.rounded(.down)
        let microseconds = min(999_999, Int(((time.timeIntervalSince1970 - whole) * 1_000_000).rounded()))
        let digits = "\(1_000_000 + microseconds)".dropFirst()
        let seconds = Date(timeIntervalSince1970: whole).formatted(.iso8601)
        return .text("\(seconds.dropLast()).\(digits)Z")
    }
}

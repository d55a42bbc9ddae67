// SPDX-License-Identifier: Apache-2.0

extension Malice {
    /// What stands in place of a list's `count`, as JSON.
    var count: String {
        switch self {
        case .countLowest: "-9223372036854775808"
        case .countHighest: "9223372036854775807"
        case .countHuge: "1" + String(repeating: "0", count: 30)
        case .countFraction: "1.5"
        case .countText: "\"many\""
        default: "-1"
        }
    }

    /// A list with another count; what is no list stays as it is. The simulator writes the count first.
    static func replacingCount(of body: [UInt8], by count: String) -> [UInt8] {
        let head = Array("{\"count\":".utf8)
        guard body.starts(with: head), let end = body.firstIndex(of: UInt8(ascii: ",")) else { return body }
        return head + Array(count.utf8) + body[end...]
    }
}

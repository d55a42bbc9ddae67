// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The beginning of an id, long enough to mean one: 4 to 32 hexadecimal digits, in capitals or not, with hyphens or without.
package struct IDPrefix: Sendable, Equatable, CustomStringConvertible {
    /// As it was given.
    package let description: String
    /// The first id that begins with it.
    package let first: UUID
    /// The last id that begins with it.
    package let last: UUID

    /// What a text must look like, as the end of a sentence about it.
    package static let form = "4 to 32 hexadecimal digits"

    /// The beginning of an id; nil for a text that is none.
    package init?(_ text: String) {
        let digits = text.lowercased().filter { $0 != "-" }
        guard (4...32).contains(digits.count), digits.allSatisfy({ "0123456789abcdef".contains($0) }) else {
            return nil
        }
        func filled(_ digit: Character) -> UUID? {
            let all = Array(digits) + Array(repeating: digit, count: 32 - digits.count)
            let parts = [all[..<8], all[8..<12], all[12..<16], all[16..<20], all[20...]]
            return UUID(uuidString: parts.map { String($0) }.joined(separator: "-"))
        }
        guard let first = filled("0"), let last = filled("f") else { return nil }
        (description, self.first, self.last) = (text, first, last)
    }
}

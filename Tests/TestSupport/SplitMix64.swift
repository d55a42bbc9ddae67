// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Sebastiano Vigna's SplitMix64: the same seed gives the same numbers on every machine.
package struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    /// Numbers that follow from `seed`.
    package init(seed: UInt64) { state = seed }

    /// The next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension SplitMix64 {
    /// One of a range.
    package mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True `percent` times of a hundred.
    package mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

    /// One of `choices`, each as likely as its weight says.
    package mutating func pick<Choice>(_ choices: [(weight: Int, Choice)]) -> Choice {
        var rest = number(1...choices.reduce(0) { $0 + $1.weight })
        for (weight, choice) in choices.dropLast() {
            rest -= weight
            if rest <= 0 { return choice }
        }
        return choices[choices.count - 1].1
    }

    /// One of `choices`.
    package mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[number(0...choices.count - 1)] }

    /// A random id.
    package mutating func uuid() -> UUID {
        var bytes = [UInt8]()
        for _ in 0..<2 { withUnsafeBytes(of: next().bigEndian) { bytes += $0 } }
        // Version 4, variant 1, as any random id.
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// `true`, `false` and `null`, letter by letter.
enum JSONWord: Equatable {
    case yes, no, nothing

    /// The word that begins with a byte.
    init?(firstByte byte: UInt8) {
        switch byte {
        case UInt8(ascii: "t"): self = .yes
        case UInt8(ascii: "f"): self = .no
        case UInt8(ascii: "n"): self = .nothing
        default: return nil
        }
    }

    private var letters: StaticString {
        switch self {
        case .yes: "true"
        case .no: "false"
        case .nothing: "null"
        }
    }

    /// Takes the letter at `index`; whether it was the last.
    func take(_ byte: UInt8, at index: Int) throws(JSONProblem) -> Bool {
        let count = letters.utf8CodeUnitCount
        let isRight = letters.withUTF8Buffer { index < $0.count && $0[index] == byte }
        guard isRight else { throw JSONProblem("true, false or null is expected here") }
        return index + 1 == count
    }
}

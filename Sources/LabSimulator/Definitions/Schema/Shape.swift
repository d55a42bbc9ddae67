// SPDX-License-Identifier: Apache-2.0

/// What a value of a definition must look like, as LAVA's schema for submissions has it.
indirect enum Shape: Sendable {
    case anything
    case text(ClosedRange<Int>)
    case integer
    case truth
    case nothing
    /// Exactly this text.
    case word(String)
    /// A text of letters, digits, `-` and `_`.
    case name
    /// Any mapping, and any list.
    case dictionary
    case list
    case items([Shape])
    case fields(Fields)
    /// A mapping with keys of one kind.
    case entries(Keys, Shape)
    /// The first that fits.
    case either([Shape])

    static let string = Shape.text(0...Int.max)

    /// A mapping whose keys are known.
    struct Fields: Sendable {
        var shapes: [String: Shape]
        var required: Set<String> = []
        /// Whether other keys may stand there.
        var isOpen = false
        /// Keys of which one may stand there, and LAVA's name for their group.
        var exclusive: (name: String, keys: Set<String>) = ("", [])
    }

    /// The keys of a mapping.
    enum Keys: Sendable {
        case texts
        case textsAndIntegers
        /// Small letters and `-`.
        case actionNames
        case words([String])
    }

    static func words(_ words: String...) -> Shape { .either(words.map(Shape.word)) }

    static func fields(
        _ required: [String: Shape],
        optional: [String: Shape] = [:],
        isOpen: Bool = false
    ) -> Shape {
        .fields(
            Fields(shapes: required.merging(optional) { $1 }, required: Set(required.keys), isOpen: isOpen)
        )
    }
}

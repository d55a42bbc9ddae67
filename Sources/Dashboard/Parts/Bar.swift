// SPDX-License-Identifier: Apache-2.0

/// Parts of a whole, side by side.
struct Bar: Sendable {
    struct Part: Sendable {
        let x: Int
        let width: Int
        let tone: String
    }

    let parts: [Part]
    /// The same in words.
    let words: String
    let isTall: Bool

    /// The whole, in the units of the drawing.
    private static let length = 1_000

    /// A bar of `total` things, of which each part has so many; what is left stays empty. A part that has any is seen.
    init(_ shares: [(count: Int, tone: Tone)], of total: Int, words: String, isTall: Bool = false) {
        self.words = words
        self.isTall = isTall
        var parts: [Part] = []
        var x = 0
        for share in shares where share.count > 0 && total > 0 && x < Self.length {
            let exact = Int(Double(share.count) / Double(total) * Double(Self.length))
            let width = min(Self.length - x, max(exact, 6))
            parts.append(Part(x: x, width: width, tone: share.tone.rawValue))
            x += width
        }
        self.parts = parts
    }
}

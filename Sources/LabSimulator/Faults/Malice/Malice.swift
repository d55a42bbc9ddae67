// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// What a malicious lab makes of an answer. The request itself is carried out first; what does not fit an answer, such
/// as rows where there is no list, leaves it as it is.
enum Malice: String, Sendable, Codable, CaseIterable {
    /// A list's `count` is -2^63.
    case countLowest
    /// A list's `count` is 2^63 - 1.
    case countHighest
    /// A list's `count` is 10^30.
    case countHuge
    /// A list's `count` is -1.
    case countNegative
    /// A list's `count` is 1.5.
    case countFraction
    /// A list's `count` is a text.
    case countText

    /// A list has `size` rows, however many were asked for; 700,000 unless given. So many are the numbers in the answer
    /// to a submission.
    case manyRows
    /// A list has `size` rows with names of 500 bytes; 100,500 unless given.
    case longNames

    /// One value of the last row is of another type.
    case oddRow
    /// Every value of every row is of another type.
    case wrongTypes
    /// Every number is 10^30.
    case hugeNumbers
    /// Every number is -1.
    case negativeNumbers
    /// Every time is in the year 0 or 9999.
    case farTimes
    /// Names, units, descriptions and metadata have a NUL, an escape and an override of direction in them.
    case controlText
    /// An object that is nested `size` levels deep stands in place of texts; 100,000 unless given.
    case deepRow

    /// The YAML in metadata and definitions has `size` levels of aliases of aliases, nine of each; 14 unless given.
    case aliasBomb
    /// The same, and the last is the key of a mapping.
    case aliasKeyBomb
    /// The YAML in metadata and definitions is nested `size` levels deep; 100,000 unless given.
    case deepYAML

    /// The body is JSON that is nested `size` levels deep; 100,000 unless given.
    case deepBody
    /// The body is the first half of the answer's.
    case halfBody
    /// One byte in `size` of the body is another, drawn by `seed`, in each answer others; one in fifty unless given.
    case garbled
    /// The body is a page in HTML.
    case page
    /// The body never ends.
    case endlessBody
    /// The body comes byte by byte, `delay_ms` apart.
    case drip
    /// The body is `size` bytes, packed with gzip into less than a hundredth; 200,000,000 unless given.
    case gzipBomb

    /// The head has `size` fields of 1,000 bytes; 8,000 unless given.
    case hugeHeaders
    /// The answer sends the client to another host.
    case redirect

    /// The largest size that is taken.
    static let maximumSize = 1_000_000_000

    /// What becomes of an answer.
    ///
    /// - Parameter fault: How much of it, how slowly, and how it is drawn.
    func spoil(
        _ honest: FaultPlay.Outcome,
        of request: RestRequest,
        as fault: Fault,
        channel: any Channel
    ) -> FaultPlay.Outcome {
        var outcome = honest
        let size = fault.size.map { min(max(0, $0), Self.maximumSize) }
        switch self {
        case .countLowest, .countHighest, .countHuge, .countNegative, .countFraction, .countText:
            outcome.answer.body = Self.replacingCount(of: honest.answer.body, by: count)
        case .manyRows, .longNames:
            guard let flood = RowFlood(self, of: request, size: size) else { return outcome }
            outcome.pieces = flood.pieces(channel)
        case .oddRow, .wrongTypes, .hugeNumbers, .negativeNumbers, .farTimes, .controlText, .deepRow, .aliasBomb,
            .aliasKeyBomb, .deepYAML:
            outcome.answer.body = SpoiltRows(malice: self, size: size).body(honest.answer.body)
        case .deepBody, .halfBody, .garbled, .page, .endlessBody, .drip, .gzipBomb:
            spoilBody(&outcome, size: size, as: fault, channel: channel)
        case .hugeHeaders:
            let value = String(repeating: "x", count: 980)
            outcome.answer.headers += (0..<min(size ?? 8_000, 100_000)).map { ("X-Flood-\($0)", value) }
        case .redirect:
            outcome.answer = Answer(
                status: 302,
                contentType: "text/html",
                body: [],
                headers: [("Location", "http://192.0.2.1/collect?from=a-lab")]
            )
        }
        return outcome
    }
}

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

extension Malice {
    /// Spoils the body as a whole.
    func spoilBody(_ outcome: inout FaultPlay.Outcome, size: Int?, as fault: Fault, channel: any Channel) {
        let body = outcome.answer.body
        switch self {
        case .deepBody:
            outcome.answer.body = Array(repeating: UInt8(ascii: "["), count: min(size ?? 100_000, 100_000_000))
        case .halfBody: outcome.answer.body = Array(body.prefix(body.count / 2))
        case .garbled:
            // Those it has met before have had others.
            var random = SplitMix64(seed: (fault.seed ?? 1) &+ UInt64(clamping: fault.met ?? 0))
            for place in body.indices where random.next() % UInt64(max(1, size ?? 50)) == 0 {
                outcome.answer.body[place] = UInt8(truncatingIfNeeded: random.next())
            }
        case .page: outcome.answer = .page(200, "200 Not What You Asked For", "<script>alert(1)</script>")
        case .endlessBody:
            let start = ByteBuffer(string: #"{"count":1,"next":null,"previous":null,"results":["#)
            let blanks = ByteBuffer(repeating: UInt8(ascii: " "), count: 64 * 1024)
            outcome.pieces = FaultPlay.Pieces(channel: channel) { $0 == 0 ? start : blanks }
        case .drip:
            outcome.pieces = FaultPlay.Pieces(of: body, count: max(1, body.count), pause: fault.delay, channel: channel)
        case .gzipBomb:
            outcome.answer.body = GzipBomb.body(ofBytes: size ?? 200_000_000)
            outcome.answer.headers.append(("Content-Encoding", "gzip"))
        default: break
        }
    }
}

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

// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

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

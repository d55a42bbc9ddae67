// SPDX-License-Identifier: Apache-2.0

import Deadlines
import Hummingbird
import HummingbirdCore
import NIOCore

extension Request {
    /// Room that is made for a body of unknown length at first, in bytes: as much as may have come of it before anybody
    /// has counted it.
    private static let firstBytes = 256 << 10
    /// How many pieces a body may come in, however short it is, and how many bytes each must have on average after that:
    /// taking a chunk apart costs the same whatever is in it.
    private static let (fewPieces, leastPieceBytes) = (1_024, RequestFlow.smallPieceBytes)
    /// Room behind a body for what somebody puts into it, in bytes: the jobset of an addition, for one.
    static let slack = 128

    /// The whole body. To be asked for when it is known that the caller may do what it asks for: before that nothing of it
    /// is read from the connection.
    ///
    /// - Parameters:
    ///   - cost: how many bytes of the gateway's budget one byte of this body takes.
    ///   - room: what somebody may put into the body, in bytes, without a second text of its size.
    /// - Throws: ``Refusal``: 413 when it has more than `maximumBytes`, 408 when it takes longer than `timeout`, 503 when
    ///   there is no room for it, 400 when the client leaves before its end, or when it comes in very many small chunks.
    func bytes(
        atMost maximumBytes: Int,
        within timeout: Duration,
        cost: Int = 1,
        room: Int = Request.slack,
        _ context: GatewayContext
    ) async throws -> [UInt8] {
        let length = headers[.contentLength].flatMap { Int($0) }
        if let length, length > maximumBytes { throw Refusal.tooLarge(limit: maximumBytes) }
        let (body, holding) = (body, context.holding)
        // Who says how much comes has a place for it, or is told at once that there is none.
        let first = length.map { max(0, $0) * cost } ?? Self.firstBytes
        guard holding?.take(first) ?? true else { throw Refusal.busy(closes: true) }
        context.channel.triggerUserOutboundEvent(ConnectionGuard.BodyWanted(), promise: nil)
        let bytes = try await withDeadline(timeout) { () -> [UInt8] in
            var bytes: [UInt8] = []
            var pieces = 0
            // What is reserved takes no memory until there is something in it.
            bytes.reserveCapacity(min(length ?? Self.firstBytes, maximumBytes) + room)
            do {
                for try await piece in body {
                    let count = piece.readableBytes
                    guard bytes.count + count <= maximumBytes else {
                        throw Refusal.tooLarge(limit: maximumBytes)
                    }
                    let hasRoom = length != nil || holding?.take(count * cost) ?? true
                    guard hasRoom else { throw Refusal.busy(closes: true) }
                    // Doubled again and again, there would be two or three of it.
                    if bytes.count + count > bytes.capacity { bytes.reserveCapacity(maximumBytes + room) }
                    bytes += piece.readableBytesView
                    pieces += 1
                    if pieces > Self.fewPieces + bytes.count / Self.leastPieceBytes { throw Refusal.tooManyPieces }
                }
            } catch let error where !(error is Refusal || error is CancellationError) {
                throw Refusal.incomplete
            }
            return bytes
        }
        guard let bytes else { throw Refusal.tooSlow(limit: timeout) }
        return bytes
    }
}

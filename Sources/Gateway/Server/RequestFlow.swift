// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// What goes over one connection: how many requests wait for their answers, what may be read, and what of it is wanted.
struct RequestFlow {
    /// What becomes of a part of a request.
    enum Verdict { case pass, drop, close }

    /// Requests whose head has come and whose answer has not gone out whole.
    private var requests = 0
    /// Whether the body of the last one is still to come.
    private var isBodyComing = false
    private var isBodyWanted = false
    /// In how many pieces bodies have come, and with how many bytes in them.
    private var (pieces, pieceBytes) = (0, 0)
    /// Whether its client waits to be told that the body is wanted (RFC 9110, section 10.1.1).
    private var awaitsContinue = false
    /// What has come of the body while nobody wanted it, before or after it was answered, in bytes.
    private var unwantedBytes = 0
    /// In how many pieces that has come.
    private var unwantedPieces = 0
    /// Heads that were dropped.
    private var droppedHeads = 0
    /// Whether nothing more is heard on this connection: an answer says that it is the last, or too many requests were
    /// sent ahead.
    private var isLast = false

    /// The most requests that a client may send ahead of their answers. Those after them are dropped: it has to send them
    /// again on another connection (RFC 9112, section 9.3.2).
    static let maximumRequests = 4
    /// What is read of a body that nobody wants, in bytes, so that a small one does not cost the connection. More comes
    /// only of a client that has closed its side: then the system has all read that it had sent.
    static let maximumUnwantedBytes = 64 << 10
    /// In how many pieces that may be read: taking a chunk apart costs the same whatever is in it.
    static let maximumUnwantedPieces = 256
    /// A piece that is smaller costs more to take apart than to keep, in bytes.
    static let smallPieceBytes = 64
    /// More pieces than this have not come by one read.
    static let maximumPieces = 8_192
    /// The most heads that are dropped: more than a client can send at once.
    static let maximumDroppedHeads = 1_000

    /// Whether bodies come in very many small pieces: little is to be read at once, or one read takes others' time.
    var isInSmallPieces: Bool { pieces > Self.maximumUnwantedPieces && pieceBytes < Self.smallPieceBytes * pieces }
    /// Whether the next head is waited for.
    var isIdle: Bool { requests == 0 && !isBodyComing && !isLast }
    /// Whether all is answered, and the connection is to be closed unless the rest of a request comes soon.
    var isOver: Bool { requests == 0 && (isBodyComing || isLast) }
    /// Whether more may be read: not while a request is worked on, unless its route wants the body. Reading what is
    /// dropped would take the time of others.
    var mayRead: Bool {
        guard requests > 0 else {
            return unwantedBytes < Self.maximumUnwantedBytes && unwantedPieces < Self.maximumUnwantedPieces
                && droppedHeads == 0
        }
        return isBodyComing && isBodyWanted
    }

    mutating func receive(_ part: HTTPRequestPart) -> Verdict {
        switch part {
        case .head(let head):
            guard !isLast, requests < Self.maximumRequests else {
                isLast = true
                droppedHeads += 1
                return droppedHeads > Self.maximumDroppedHeads ? .close : .drop
            }
            requests += 1
            (isBodyComing, isBodyWanted, unwantedBytes, unwantedPieces) = (true, false, 0, 0)
            awaitsContinue = head.headerFields[.expect]?.lowercased() == "100-continue"
            return .pass
        case .body(let bytes):
            awaitsContinue = false
            pieces += 1
            pieceBytes += bytes.readableBytes
            let isWaited = isBodyComing && requests > 0
            guard !isWaited || !isBodyWanted else { return .pass }
            unwantedBytes += bytes.readableBytes
            unwantedPieces += 1
            guard unwantedBytes <= 2 * Self.maximumUnwantedBytes, unwantedPieces <= Self.maximumPieces else {
                return .close
            }
            return isWaited ? .pass : .drop
        case .end:
            // Of a request that was dropped there is no end either.
            guard isBodyComing else { return .drop }
            isBodyComing = false
            return .pass
        }
    }

    /// The body of the request that is worked on is wanted from now on.
    ///
    /// - Returns: whether its client is to be told.
    mutating func wantBody() -> Bool {
        // What was sent behind it has come after its end.
        guard requests == 1, isBodyComing else { return false }
        isBodyWanted = true
        defer { awaitsContinue = false }
        return awaitsContinue
    }

    mutating func send(_ part: HTTPResponsePart) {
        switch part {
        case .head(let head): isLast = isLast || head.headerFields[.connection]?.lowercased() == "close"
        case .body: break
        case .end: requests = max(0, requests - 1)
        }
    }
}

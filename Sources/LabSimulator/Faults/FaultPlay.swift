// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import NIOCore

/// Plays one fault on one request.
struct FaultPlay {
    /// What became of a request.
    struct Outcome {
        var answer: Answer
        var user: SimulatorOptions.User?
        /// The connection ends here, without the answer.
        var isCut = false
        var pieces: Pieces?

        /// No answer, and no connection any more.
        static let nothing = Outcome(answer: Answer(status: 0, contentType: nil, body: []), isCut: true)
    }

    /// A body in pieces.
    struct Pieces: Sendable {
        var channel: any Channel
        /// The length that the head tells; nil is none.
        var length: Int?
        var pause = Duration.zero
        /// The connection ends after this many pieces.
        var cutAfter: Int?
        /// The piece with a number, from 0; nil behind the last.
        var piece: @Sendable (Int) -> ByteBuffer?

        init(channel: any Channel, piece: @escaping @Sendable (Int) -> ByteBuffer?) {
            self.channel = channel
            self.piece = piece
        }

        /// A body that is there, in so many pieces.
        init(of body: [UInt8], count: Int, pause: Duration = .zero, cutAfter: Int? = nil, channel: any Channel) {
            let bytes = ByteBuffer(bytes: body)
            let size = max(1, body.count / max(1, count))
            self.init(channel: channel) { number in
                let (start, isBehind) = number.multipliedReportingOverflow(by: size)
                guard !isBehind, start < bytes.readableBytes else { return nil }
                return bytes.getSlice(at: start, length: min(size, bytes.readableBytes - start))
            }
            length = body.count
            self.pause = pause
            self.cutAfter = cutAfter
        }
    }

    /// The connection ends in the middle of an answer.
    struct Cut: Error {}

    var fault: Fault
    var rest: RestRouter
    var restart: @Sendable (ControlRouter.Outage) -> Void
    var channel: any Channel

    func perform(_ request: RestRequest) async throws -> Outcome {
        switch fault.kind {
        case .cutBeforeAccept: return .nothing
        case .refuse:
            // No linger: closing then resets the connection in place of ending it in order.
            if let provider = channel as? any SocketOptionProvider {
                try? await provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            }
            return .nothing
        case .closeListener:
            restart(ControlRouter.Outage(downMilliseconds: fault.delayMilliseconds, keep: true))
            return .nothing
        case .status: return Outcome(answer: fault.answer)
        case .hang:
            await hold()
            return .nothing
        default: break
        }
        var request = request
        request.groupFault = fault.groupFault
        let (answer, user) = rest.respond(to: request)
        switch fault.kind {
        case .cutAfterAccept, .cutGroup: return Outcome(answer: answer, user: user, isCut: true)
        case .statusAfterAccept: return Outcome(answer: fault.answer, user: user)
        case .hangAfterAccept:
            await hold()
            return Outcome(answer: answer, user: user, isCut: true)
        case .cutMidAnswer:
            let pieces = Pieces(of: answer.body, count: 2, cutAfter: 1, channel: channel)
            return Outcome(answer: answer, user: user, pieces: pieces)
        case .trickle:
            let pieces = Pieces(of: answer.body, count: 10, pause: fault.delay, channel: channel)
            return Outcome(answer: answer, user: user, pieces: pieces)
        case .malice:
            let honest = Outcome(answer: answer, user: user)
            return fault.mode?.spoil(honest, of: request, as: fault, channel: channel) ?? honest
        case .loseJob:
            for id in answer.createdJobs { rest.lab.lose(id) }
            return Outcome(answer: answer, user: user)
        default: return Outcome(answer: answer, user: user)
        }
    }

    /// Waits for the fault's delay, or until the connection is gone.
    private func hold() async {
        await Self.pause(fault.delay, on: channel)
    }

    /// Waits for a time, or until a connection is gone: a lab that goes down waits for nobody.
    static func pause(_ time: Duration, on channel: any Channel) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let once = Once(continuation)
            channel.closeFuture.whenComplete { _ in once.resume(()) }
            channel.eventLoop.scheduleTask(in: TimeAmount(time)) { once.resume(()) }
        }
    }
}

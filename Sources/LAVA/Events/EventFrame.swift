// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
internal import NIOWebSocket

/// One message of the stream: a JSON array of five texts, the last of which is JSON itself.
enum EventFrame: Equatable {
    case job(LAVAJobEvent)
    /// Of a device, a worker, or something newer.
    case other
    /// The lab does not let us listen, in its own words.
    case refusal(String)
    case undecodable

    /// Reads a message; nothing in it can do more than make it ``undecodable``.
    init(_ message: Data) {
        let decoder = JSONDecoder()
        guard let parts = try? decoder.decode([String].self, from: message) else {
            let refusal = try? decoder.decode(Refusal.self, from: message)
            self = refusal.map { .refusal($0.words) } ?? .undecodable
            return
        }
        guard parts.count == 5 else {
            self = .undecodable
            return
        }
        // What stands before the last point is for each lab to choose.
        guard parts[0].split(separator: ".").last == "testjob" else {
            self = .other
            return
        }
        guard let row = try? decoder.decode(Row.self, from: Data(parts[4].utf8)), row.job > 0 else {
            self = .undecodable
            return
        }
        // The time of the event is UTC and does not say so.
        self = .job(row.event(sentTime: LAVATimestamp.parse(parts[2]) ?? LAVATimestamp.parse(parts[2] + "Z")))
    }

    /// `{"error": "…"}`: how LAVA of 2024 and later turns a listener away.
    private struct Refusal: Decodable {
        var error: Complaint

        var words: String { AnswerText.excerpt(error.text, limit: AnswerText.messageLimit) }
    }

    /// The data of a job's event, as far as it is used. Only the number and the state must be there.
    private struct Row: Decodable {
        var job: Int
        var state: String
        private var texts: [CodingKeys: String] = [:]

        enum CodingKeys: String, CodingKey, CaseIterable {
            case job, state, health, device, description, submitter
            case subID = "sub_id"
            case submitTime = "submit_time"
            case startTime = "start_time"
            case endTime = "end_time"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            job = try container.decode(Int.self, forKey: .job)
            state = try container.decode(String.self, forKey: .state)
            for key in CodingKeys.allCases where key != .job && key != .state {
                // What is missing or of another type is not worth losing a Finished for.
                guard let text = try? container.decode(String.self, forKey: key), !text.isEmpty else { continue }
                texts[key] = AnswerText.excerpt(text, limit: 200)
            }
        }

        func event(sentTime: Date?) -> LAVAJobEvent {
            LAVAJobEvent(
                job: job,
                state: LAVAJob.State(state),
                health: LAVAJob.Health(texts[.health] ?? "Unknown"),
                subID: texts[.subID],
                device: texts[.device],
                description: texts[.description] ?? "",
                submitter: texts[.submitter] ?? "",
                submitTime: texts[.submitTime].flatMap(LAVATimestamp.parse),
                startTime: texts[.startTime].flatMap(LAVATimestamp.parse),
                endTime: texts[.endTime].flatMap(LAVATimestamp.parse),
                sentTime: sentTime
            )
        }
    }
}

/// The end of the pipeline: whole messages in, events out, and the reason when it is over. Messages are read here,
/// not where they are taken, so that what waits is small however large they were.
final class EventFrameHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let buffer: EventBuffer

    init(_ buffer: EventBuffer) {
        self.buffer = buffer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        switch frame.opcode {
        case .text: take(frame.unmaskedData, context)
        case .connectionClose: close(frame.unmaskedData, context)
        default: buffer.skip()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.transport(reason: "the event stream broke off"), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is HeartbeatHandler.PeerIsSilent: finish(.timeout, context)
        case is NIOWebSocketError, is NIOWebSocketFrameAggregator.Error:
            // 1002 is a protocol error, whatever it was; a lab looks at it as little as at any other goodbye.
            sayGoodbye(1002, context)
            finish(.unexpected(reason: "the event stream is no websocket, or a message of it is too large"), context)
        default:
            let failure = LAVAError.transport(error, changesSomething: false)
            finish(failure.kind, context)
        }
    }

    private func take(_ message: ByteBuffer, _ context: ChannelHandlerContext) {
        switch EventFrame(Data(message.readableBytesView)) {
        case .job(let event): buffer.add(.job(event))
        case .other: break
        case .refusal(let words): finish(.unauthorized(message: words), context)
        case .undecodable: buffer.skip()
        }
    }

    /// The lab closes the stream; in order, if it says that it is done (1000) or goes away (1001), or nothing.
    private func close(_ data: ByteBuffer, _ context: ChannelHandlerContext) {
        var data = data
        let code = data.readInteger(as: UInt16.self)
        sayGoodbye(code, context)
        guard let code, code != 1000, code != 1001 else {
            buffer.finish(.success(()))
            context.close(promise: nil)
            return
        }
        let words = AnswerText.excerpt(String(buffer: data), limit: 200)
        finish(.transport(reason: "the lab closed the event stream with \(code) \(words)"), context)
    }

    private func sayGoodbye(_ code: UInt16?, _ context: ChannelHandlerContext) {
        let data = code.map { ByteBuffer(integer: $0) } ?? ByteBuffer()
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: data)
        context.writeAndFlush(Self.wrapOutboundOut(frame), promise: nil)
    }

    private func finish(_ kind: LAVAError.Kind, _ context: ChannelHandlerContext) {
        buffer.finish(.failure(LAVAError(kind: kind, requestMayHaveBeenProcessed: false)))
        context.close(promise: nil)
    }
}

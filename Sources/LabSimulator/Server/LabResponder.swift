// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Between HTTP and the lab: reads a request, lets a fault have it or the lab answer it, writes it into the log.
struct LabResponder: HTTPResponder {
    typealias Context = SimulatorContext

    let rest: RestRouter
    let control: ControlRouter
    let faults: FaultBook
    let counts: RequestCounts
    let late: LateRequests
    let log: SimulatorLog

    func respond(to request: Request, context: SimulatorContext) async throws -> Response {
        let start = ContinuousClock.now
        let target = request.head.path ?? "/"
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        if let authority = request.head.authority { headers["host"] = authority }
        let body = try await request.body.collect(upTo: rest.lab.options.maximumBodyBytes)
        let asked = RestRequest(
            method: request.method.rawValue,
            target: target,
            headers: headers,
            body: Array(body.readableBytesView)
        )
        if asked.path.hasPrefix(ControlRouter.root) { return Self.response(control.respond(to: asked)) }
        counts.add(asked)
        if let answer = strangerAnswer(asked.path) { return Self.response(answer) }
        let fault = faults.meet(asked)
        let result: FaultPlay.Outcome
        if let fault, fault.kind.isLate {
            result = await late.carryOut(asked, after: fault, channel: context.channel) {
                let outcome = self.outcome(of: asked)
                self.note(asked, outcome, fault, since: start)
                return outcome
            }
        } else {
            result = try await play(asked, fault, context.channel)
            note(asked, result, fault, since: start)
        }
        if result.isCut { context.channel.close(promise: nil) }
        return Self.response(result.answer, pieces: result.pieces)
    }

    private func play(_ asked: RestRequest, _ fault: Fault?, _ channel: any Channel) async throws -> FaultPlay.Outcome {
        guard let fault else { return outcome(of: asked) }
        return try await FaultPlay(fault: fault, rest: rest, restart: control.restart, channel: channel).perform(asked)
    }

    /// What the lab makes of a request that nothing spoils.
    private func outcome(of asked: RestRequest) -> FaultPlay.Outcome {
        let (answer, user) = rest.respond(to: asked)
        late.wasCarriedOut(asked)
        return FaultPlay.Outcome(answer: answer, user: user)
    }

    private func note(
        _ asked: RestRequest,
        _ outcome: FaultPlay.Outcome,
        _ fault: Fault?,
        since start: ContinuousClock.Instant
    ) {
        let duration = ContinuousClock.now - start
        log.request(
            method: asked.method,
            target: asked.target,
            user: outcome.user?.name,
            status: outcome.answer.status,
            fault: fault?.kind.rawValue,
            milliseconds: Int(duration / .milliseconds(1))
        )
    }

    /// What the event stream's address answers a request that is no handshake.
    private func strangerAnswer(_ path: String) -> Answer? {
        guard rest.lab.options.eventsPort == nil, path == StreamDoor.path || "\(path)/" == StreamDoor.path else {
            return nil
        }
        return StreamListener.answer(path: path)
    }

    /// An answer as HTTP, whole or in pieces with pauses between them.
    static func response(_ answer: Answer, pieces: FaultPlay.Pieces? = nil) -> Response {
        var headers = HTTPFields()
        if let type = answer.contentType { headers[.contentType] = type }
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        headers[.connection] = answer.closesConnection ? "close" : "keep-alive"
        let status = HTTPResponse.Status(code: answer.status)
        guard let pieces else {
            return Response(
                status: status,
                headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
            )
        }
        let body = ResponseBody(contentLength: pieces.length) { writer in
            var written = 0
            while let piece = pieces.piece(written) {
                try await writer.write(piece)
                written += 1
                if written == pieces.cutAfter { throw FaultPlay.Cut() }
                if pieces.pause > .zero { await FaultPlay.pause(pieces.pause, on: pieces.channel) }
            }
            try await writer.finish(nil)
        }
        return Response(status: status, headers: headers, body: body)
    }
}

/// A request's surroundings: the connection it came by, so that a fault can cut it.
struct SimulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

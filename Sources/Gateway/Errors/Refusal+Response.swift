// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Refusal {
    /// How long a connection is kept after a refusal that closes it, so that the sender can read why: closed at once,
    /// what it is still sending would have the answer thrown away.
    private static let lingering = TimeAmount.seconds(1)

    /// The answer.
    func response(on channel: any Channel) -> Response {
        var headers = headers
        headers[.contentType] = Problem.contentType
        headers[.cacheControl] = "no-store"
        if closes { headers[.connection] = "close" }
        let status = HTTPResponse.Status(code: problem.status)
        let body = ByteBuffer(bytes: (try? GatewayJSON.encode(problem)) ?? [])
        guard closes else { return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body)) }
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(contentLength: body.readableBytes) { writer in
                try await writer.write(body)
                try await writer.finish(nil)
                channel.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
            }
        )
    }
}

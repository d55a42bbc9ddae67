// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Refusal {
    /// The answer. Where it closes the connection, ``ConnectionGuard`` does so once it has been read.
    var response: Response {
        var headers = headers
        headers[.contentType] = Problem.contentType
        headers[.cacheControl] = "no-store"
        if closes { headers[.connection] = "close" }
        let status = HTTPResponse.Status(code: problem.status)
        let body = ByteBuffer(bytes: (try? FleetJSON.bytes(problem)) ?? [])
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

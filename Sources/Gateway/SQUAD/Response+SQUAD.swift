// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// A text, under the type that SQUAD gives to all of its texts. Nothing of it is run by a browser: the policy that
    /// every answer carries sees to that.
    static func squadText(
        _ text: String,
        status: HTTPResponse.Status = .ok,
        type: String = "text/html; charset=utf-8"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    /// A JSON object.
    static func squadJSON(_ members: [String: JSONValue], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: (try? GatewayJSON.encodeAsIs(members)) ?? []))
        )
    }
}

// SPDX-License-Identifier: Apache-2.0

import Crypto
import Fleet
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// An answer of one JSON value.
    static func json(
        _ value: some Encodable,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) throws -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        let body = ByteBuffer(bytes: try FleetJSON.bytes(value))
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// An answer of one JSON value that the client may have already; see ``entity(_:type:headers:for:)``.
    static func entity(_ value: some Encodable, headers: HTTPFields = [:], for request: Request) throws -> Response {
        entity(try FleetJSON.bytes(value), type: "application/json", headers: headers, for: request)
    }

    /// An answer with an entity tag: 304 without a body when the client has it already.
    static func entity(_ bytes: [UInt8], type: String, headers: HTTPFields = [:], for request: Request) -> Response {
        var headers = headers
        // The type is part of it: the same address has several forms.
        let digest = SHA256.hash(data: Data(type.utf8) + [0] + bytes).prefix(16)
        let tag = "\"" + digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\""
        headers[.eTag] = tag
        headers[.cacheControl] = "private, no-cache"
        if let known = request.headers[.ifNoneMatch], matches(known, tag) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = type
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Compares as RFC 9110 has it for `If-None-Match`: weakly.
    private static func matches(_ header: String, _ tag: String) -> Bool {
        header.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.contains { known in
            known == "*" || known == tag || known == "W/\(tag)"
        }
    }
}

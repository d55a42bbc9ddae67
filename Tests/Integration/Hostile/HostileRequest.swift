// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// One input of a hostile client: what is said on a connection, and whether it is a request with an end, to which there is
/// one answer.
struct HostileRequest {
    var bytes: [UInt8]
    var isHead = false
    /// Whether one answer must come; otherwise the connection may be closed without.
    var isWhole = true
    /// Whether the client leaves without waiting for anything.
    var leaves = false
}

/// Draws the requests of a hostile client.
struct HostileRequests {
    var text: HostileText
    let tokens: [String]
    let host: String

    /// Every kind of address that the gateway has, and some that it has not.
    private static let paths: [(String, [String])] = [
        ("/api/v1/jobsets", ["GET", "POST", "POST", "POST", "POST"]), ("/api/v1/jobsets/{id}", ["GET", "PATCH"]),
        ("/api/v1/jobsets/{id}/jobs", ["GET", "POST", "POST"]), ("/api/v1/jobsets/{id}/jobs/{n}", ["GET"]),
        ("/api/v1/jobsets/{id}/jobs/{n}/attempts", ["GET"]), ("/api/v1/jobsets/{id}/jobs/{n}/definition", ["GET"]),
        ("/api/v1/jobsets/{id}/additions", ["GET"]), ("/api/v1/jobsets/{id}/results", ["GET"]),
        ("/api/v1/jobsets/{id}/report", ["GET"]), ("/api/v1/jobsets/{id}/deliveries", ["GET"]),
        ("/api/v1/jobsets/{id}/seal", ["POST"]), ("/api/v1/jobsets/{id}/cancel", ["POST"]),
        ("/api/v1/jobsets/{id}/retry", ["POST"]), ("/api/v1/jobsets/{id}/redeliver", ["POST"]),
        ("/api/v1/deliveries/{id}/tries", ["GET"]), ("/api/v1/deliveries/{id}/redeliver", ["POST"]),
        ("/api/v1/backends", ["GET"]), ("/api/v1/backends/{name}", ["GET"]),
        ("/api/v1/backends/{name}/pause", ["POST"]), ("/api/v1/backends/{name}/resume", ["POST"]),
        ("/api/v1/rejected", ["GET"]), ("/api/v1/rejected/{n}", ["GET"]), ("/api/v1/tokens", ["GET", "POST"]),
        ("/api/v1/tokens/{name}", ["DELETE"]), ("/api/v1/audit", ["GET"]), ("/api/v1/caller", ["GET"]),
        ("/api/v1/document-rules", ["GET"]), ("/api/v1/openapi.json", ["GET"]), ("/api/version", ["GET"]),
        ("/api/submitjob/{name}/{name}/{name}/{name}", ["POST", "POST"]),
        ("/api/submitjob/h/p/{n}/env", ["POST", "POST"]),
        ("/api/watchjob/h/p/{n}/env", ["POST"]), ("/api/createbuild/h/p/{n}", ["POST"]), ("/api/groups/", ["GET"]),
        ("/api/projects/", ["GET"]), ("/api/projects/{n}/builds/", ["GET"]), ("/api/builds/", ["GET"]),
        ("/api/builds/{n}/", ["GET"]), ("/api/builds/{n}/testjobs/", ["GET"]), ("/api/builds/{n}/status/", ["GET"]),
        ("/api/builds/{n}/callbacks/", ["GET", "POST"]), ("/api/testjobs/{n}/", ["GET"]),
        ("/api/testjobs/{n}/definition/", ["GET"]), ("/api/testjobs/{n}/cancel/", ["POST"]),
        ("/api/testjobs/{n}/resubmit/", ["POST"]), ("/api/forceresubmit/{n}", ["POST"]), ("/", ["GET"]),
        ("/login", ["GET", "POST"]), ("/logout", ["POST"]), ("/search", ["GET"]), ("/jobsets/{id}", ["GET"]),
        ("/jobsets/{id}/jobs/{n}", ["GET"]), ("/jobsets/{id}/report", ["GET"]), ("/jobsets/{id}/cancel", ["POST"]),
        ("/jobsets/{id}/retry", ["POST"]), ("/deliveries/{id}/redeliver", ["POST"]), ("/backends", ["GET"]),
        ("/backends/{name}", ["GET"]), ("/projects/{name}/{name}", ["GET"]), ("/{name}/{name}", ["GET"]),
        ("/{name}", ["GET"]),
    ]
    private static let parameters = [
        "limit", "cursor", "state", "verdict", "outcome", "environment", "backend", "label", "created_after", "from",
        "created_before", "job", "status", "suite", "lava", "generation", "format", "group", "project", "build", "q",
        "next",
        "done", "page", "offset", "ordering", "a",
    ]
    private static let types = [
        "application/json", "application/json", "application/yaml", "application/jsonl",
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "a/b; c=\"", "",
    ]
    private static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO", "get"]

    mutating func next() -> HostileRequest {
        if text.random.chance(5) { return malformed() }
        let (template, usual) = text.random.pick(Self.paths)
        let method = text.random.chance(90) ? text.random.pick(usual) : text.random.pick(Self.methods)
        var head = "\(method) \(path(template))\(query()) HTTP/1.1\r\nHost: \(host)\r\n" + fields()
        let hasBody = ["POST", "PUT", "PATCH", "DELETE"].contains(method)
        let (type, body) = hasBody ? self.body() : ("", [])
        if !type.isEmpty { head += "Content-Type: \(type)\r\n" }
        // A head that is too long may have the connection closed while it is being sent.
        var request = HostileRequest(bytes: [], isHead: method == "HEAD", isWhole: head.utf8.count < 16_000)
        if hasBody, text.random.chance(15) {
            request.bytes = Array((head + "Transfer-Encoding: chunked\r\n\r\n").utf8) + chunked(body)
        } else {
            let length = hasBody || !body.isEmpty ? "Content-Length: \(body.count)\r\n" : ""
            request.bytes = Array((head + length + "\r\n").utf8) + body
        }
        if text.random.chance(2) {
            request.bytes = Array(request.bytes.prefix(text.random.number(0...request.bytes.count)))
            (request.isWhole, request.leaves) = (false, true)
        }
        return request
    }

    private mutating func path(_ template: String) -> String {
        template.split(separator: "/", omittingEmptySubsequences: false).map { part in
            guard part.hasPrefix("{"), text.random.chance(90) else {
                return text.random.chance(99) || part.isEmpty ? String(part) : Self.escaped(text.text())
            }
            switch part {
            case "{id}" where !text.jobsets.isEmpty && text.random.chance(80):
                return text.random.pick(text.jobsets).uuidString.lowercased()
            case "{n}" where text.random.chance(60): return "\(text.random.number(0...5))"
            case "{n}": return Self.escaped(text.number())
            default:
                return Self.escaped(text.random.chance(50) ? text.random.pick(["lab-a", "h", "p", "1"]) : text.text())
            }
        }.joined(separator: "/")
    }

    private mutating func query() -> String {
        guard text.random.chance(40) else { return "" }
        let parts = (0..<text.random.pick([1, 1, 2, 3, 60])).map { _ in
            text.random.pick(Self.parameters) + (text.random.chance(95) ? "=" + Self.escaped(text.text()) : "")
        }
        return "?" + parts.joined(separator: "&")
    }

    private mutating func fields() -> String {
        var lines: [String] = []
        switch text.random.number(0...19) {
        case 0: break
        case 1: lines.append("Authorization: Bearer \(Self.plain(text.text()))")
        case 2: lines.append("Authorization: \(Self.plain(text.text()))")
        case 3: lines.append("Auth-Token: \(text.random.pick(tokens))")
        case 4: lines.append("Cookie: muster=\(text.random.pick(tokens)); muster_session=\(text.random.pick(tokens))")
        default: lines.append("Authorization: Bearer \(text.random.pick(tokens))")
        }
        let names = [
            "Accept", "If-None-Match", "Idempotency-Key", "Last-Event-ID", "Origin", "Sec-Fetch-Site",
            "X-Forwarded-For",
            "X-Forwarded-Host", "Range", "Accept-Encoding", "Content-Encoding", "Referer", "X-Http-Method-Override",
        ]
        for _ in 0..<text.random.pick([0, 0, 1, 2]) {
            lines.append("\(text.random.pick(names)): \(Self.plain(text.text()))")
        }
        if text.random.chance(30) { lines.append("Accept: text/html") }
        if text.random.chance(30) { lines.append("Origin: http://\(host)") }
        return lines.map { $0 + "\r\n" }.joined()
    }

    private mutating func body() -> (type: String, bytes: [UInt8]) {
        switch text.random.number(0...9) {
        case 0...3: return (text.random.pick(Self.types), text.document())
        case 4: return ("application/jsonl", lines())
        case 5: return ("application/yaml", Array(text.definition().utf8))
        case 6, 7: return ("application/x-www-form-urlencoded", form())
        case 8: return ("multipart/form-data; boundary=x", parts())
        default: return ("application/json", action())
        }
    }

    private mutating func lines() -> [UInt8] {
        text.damaged(
            Array("{\"build\":\"/h/p/\(text.random.number(1...1_000))\"}\n".utf8)
                + (0..<text.random.number(0...3)).flatMap { _ in Array(text.value().written.utf8) + [0x0A] }
        )
    }

    private static let formNames = [
        "backend", "definition", "testjob_id", "callback_url", "callback_headers", "callback_payload", "callback_event",
        "jobs", "patch_source", "token", "csrf", "reason", "job", "select", "all", "key", "next", "x",
    ]

    private mutating func form() -> [UInt8] {
        let usual = text.random.chance(50) ? "backend=lab-a&definition=job_name:+x&" : ""
        let fields = (0..<text.random.pick([0, 1, 2, 5, 120])).map { _ in
            "\(text.random.pick(Self.formNames))=\(Self.escaped(text.text()))"
        }
        return text.damaged(Array((usual + fields.joined(separator: "&")).utf8))
    }

    private mutating func parts() -> [UInt8] {
        let parts = (0..<text.random.pick([1, 2, 3, 101])).map { _ in
            "--x\r\nContent-Disposition: form-data; name=\"\(text.random.pick(Self.formNames))\"\r\n\r\n\(text.text())\r\n"
        }
        return text.damaged(Array((parts.joined() + "--x--").utf8))
    }

    private mutating func action() -> [UInt8] {
        let names = [
            "reason", "jobs", "select", "max_failures", "priority", "timeout", "name", "projects", "abilities",
            "expires_days", "keys", "x",
        ]
        let tree = LooseJSON.object(
            (0..<text.random.number(0...3)).map { _ in (text.random.pick(names), text.value()) }
        )
        return text.damaged(Array(tree.written.utf8))
    }

    private mutating func chunked(_ body: [UInt8]) -> [UInt8] {
        var rest = body[...]
        var bytes: [UInt8] = []
        while !rest.isEmpty {
            let piece = rest.prefix(text.random.number(1...200))
            bytes += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
            rest = rest.dropFirst(piece.count)
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }

    /// What is no request, or two at once.
    private mutating func malformed() -> HostileRequest {
        let line = "POST /api/v1/jobsets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(text.random.pick(tokens))\r\n"
        let json = "Content-Type: application/json\r\n"
        let texts = [
            line + json + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
            line + json + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
            line + json + "Content-Length: -1\r\n\r\n",
            line + json + "Content-Length: \(text.number())\r\n\r\n{}", line + json + "Transfer-Encoding: x\r\n\r\n{}",
            line + json + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
            line + json + "Transfer-Encoding: chunked\r\n\r\n5\r\n{}\r\n", "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET /\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n", "\r\n\r\n", "\u{16}\u{3}\u{1}",
            "GET /\(String(repeating: "a", count: 40_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", "GET /\u{0} HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 200) + "\r\n",
            line + "Expect: 100-continue\r\n" + json + "Content-Length: 2\r\n\r\n{}",
        ]
        return HostileRequest(bytes: text.damaged(Array(text.random.pick(texts).utf8)), isWhole: false)
    }

    /// As it may stand in an address.
    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    /// As it may stand in a head.
    private static func plain(_ text: String) -> String {
        String(text.unicodeScalars.filter { (0x20...0x7E).contains($0.value) }.map(Character.init).prefix(1_000))
    }
}

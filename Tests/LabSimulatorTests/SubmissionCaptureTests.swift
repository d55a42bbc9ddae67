// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import NIOCore
import Testing

@testable import LabSimulator

/// Every submission that was tried on a real LAVA, tried here.
@Suite(.timeLimit(.minutes(10))) struct SubmissionCaptureTests {
    /// What is not simulated, and why.
    static let uncovered = [
        // The framework's limit for multipart fields in memory; Muster submits JSON.
        "3 MiB definition, multipart field"
    ]

    private static let json = "application/json"

    /// The request of a capture: its content type and body. Captures cut their requests, so they are made anew.
    private static func request(_ title: String) throws -> (type: String?, body: HTTPClientRequest.Body) {
        let pass = try definition("sim-pass")
        func document(_ text: String) throws -> (String?, HTTPClientRequest.Body) {
            (json, .bytes(ByteBuffer(bytes: try JSONEncoder().encode(["definition": text]))))
        }
        func raw(_ type: String, _ text: String) -> (String?, HTTPClientRequest.Body) {
            (type, .bytes(ByteBuffer(string: text)))
        }
        func multipart(_ extra: String, _ text: String) -> (String?, HTTPClientRequest.Body) {
            let part = "--b\r\nContent-Disposition: form-data; name=\"definition\"\(extra)\r\n\r\n\(text)\r\n--b--\r\n"
            return raw("multipart/form-data; boundary=b", part)
        }
        func form(_ text: String) -> (String?, HTTPClientRequest.Body) {
            let value = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            return raw("application/x-www-form-urlencoded", "definition=\(value)")
        }
        func padded(_ mebibytes: Double) -> String {
            let line = "# " + String(repeating: "x", count: 97) + "\n"
            return pass + "\n" + String(repeating: line, count: Int(mebibytes * 1_048_576) / 100)
        }
        func renamed(_ length: Int) -> String {
            pass.replacingOccurrences(of: "fleet-sim-pass", with: String(repeating: "n", count: length))
        }
        switch title {
        case "form field (multipart)": return multipart("", pass)
        case "form field (urlencoded)": return form(pass)
        case "multipart file upload", "3 MiB definition, multipart file":
            return multipart("; filename=\"j.yaml\"", pass)
        case "raw yaml body": return raw("application/yaml", pass)
        case "raw text body": return raw("text/plain", pass)
        case "definition as JSON object, not string": return raw(json, #"{"definition": {"a": 1}}"#)
        case "definition holding JSON text": return try document(#"{"device_type": "sim"}"#)
        case "no definition", "PUT on the list": return raw(json, "{}")
        case "empty definition": return raw(json, #"{"definition": ""}"#)
        case "broken JSON": return raw(json, "{\"definition\": ")
        case "NUL in definition": return raw(json, #"{"definition": "job_name: a\u0000b"}"#)
        case "multinode": return try document(try definition("multinode"))
        case _ where title.hasPrefix("invalid-"): return try document(try definition(title))
        case "validate, schema error": return try document(try definition("invalid-schema"))
        case "validate, unknown device type": return try document(try definition("invalid-devicetype"))
        case "validate, broken yaml": return try document(try definition("invalid-yaml"))
        case "unknown top-level key": return try document("foo: bar\n" + pass)
        case "priority 0..100 number":
            return try document(pass.replacingOccurrences(of: "priority: medium", with: "priority: 77"))
        case "visibility group that does not exist":
            return try document(
                pass.replacingOccurrences(of: "visibility: public", with: "visibility: {group: [nosuch]}")
            )
        case "visibility personal":
            return try document(pass.replacingOccurrences(of: "visibility: public", with: "visibility: personal"))
        case "long job_name (300 chars)": return try document(renamed(300))
        case "job_name 200 chars": return try document(renamed(200))
        case "1 MiB definition, JSON": return try document(padded(1))
        case "2.4 MiB definition, JSON": return try document(padded(2.4))
        case "2.6 MiB definition, JSON": return try document(padded(2.6))
        case "3 MiB definition, JSON": return try document(padded(3))
        case "10 MiB definition, JSON": return try document(padded(10))
        case "3 MiB definition, urlencoded": return form(padded(3))
        case "JSON body", "JSON body, plain user", "anonymous", "bad token", "validate, good", "validate, strict":
            return try document(pass)
        default: throw Capture.Missing(title: title)
        }
    }

    @Test("A submission is answered as a real LAVA answers it", arguments: try Capture.all("rest-submit"))
    func replay(capture: Capture) async throws {
        if Self.uncovered.contains(capture.title) { return }
        let (type, body) = try Self.request(capture.title)
        var headers = capture.requestHeaders ?? [:]
        if headers["Content-Type"] == nil { headers["Content-Type"] = type }
        let asked = headers
        try await withLab { lab in
            let reply = try await lab.ask(capture.method, capture.path, headers: asked, body: body)
            #expect(reply.status == capture.status)
            #expect(reply.contentType == capture.contentType)
            if capture.isHTML {
                let words = try #require(capture.words)
                #expect(reply.text.contains(words), "\(reply.text)")
            } else {
                #expect(reply.json?.normalised == JSON.parse(capture.body)?.normalised, "\(reply.text)")
            }
        }
    }

    @Test("A chunked body is read as an empty one") func chunked() async throws {
        try await withLab { lab in
            let text = ByteBuffer(string: #"{"definition": "a: b"}"#)
            let reply = try await lab.ask(
                "POST",
                "/jobs/",
                headers: LabUnderTest.adminHeaders.merging(["Content-Type": "application/json"]) { $1 },
                body: .stream([text].async, length: .unknown)
            )
            #expect(reply.status == 400 && reply.text == #"{"definition":["This field is required."]}"#)
        }
    }
}

extension Array where Element: Sendable {
    /// The elements one after another, for a body without a length.
    fileprivate var async: AsyncStream<Element> {
        AsyncStream { stream in
            for element in self { stream.yield(element) }
            stream.finish()
        }
    }
}

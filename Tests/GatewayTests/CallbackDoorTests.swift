// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1
import Testing

@Suite("Callbacks that could never be delivered")
struct CallbackDoorTests {
    @Test(
        "Each way into the fleet refuses them, in the same words",
        arguments: [
            ("http://ci.example.org:22/hook", "has port 22, on which something other than HTTP listens"),
            ("http://169.254.169.254/latest", "names an address that callbacks may not reach"),
            ("http://[fd00::1]/hook", "names an address that callbacks may not reach"),
            ("http://ci.example.org/?a=%2F&v[B]=1", "has a [ that needs percent-encoding; write it as %5B"),
        ]
    )
    func refused(url: String, words: String) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["g/p"])
            let member = #""callback_url": "\#(url)""#
            let object = #"{"build": "/g/p/1", \#(member), "jobs": []}"#
            for (body, type) in [
                (object, "application/json"),
                ("build: /g/p/1\njobs: []\ncallback: {url: \"\(url)\"}", "application/yaml"),
                (#"{"build": "/g/p/1", \#(member)}"# + "\n", "application/x-ndjson"),
            ] {
                let answer = try await gateway.ask(.POST, "/api/v1/jobsets", token: token, body, type: type)
                #expect(answer.status == 400 && answer.text.contains(words), "\(type): \(answer.text)")
            }

            let open = try await gateway.submit(TestGateway.document(more: #", "open": true"#), token: token)
            let addition = try await gateway.ask(
                .POST,
                "/api/v1/jobsets/\(open)/jobs",
                token: token,
                #"{"jobset": "\#(open)", "jobs": [], \#(member)}"#
            )
            #expect(addition.status == 400 && addition.text.contains(words), "\(addition.text)")

            let field = "callback_url=" + (url.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
            let created = try await gateway.form("/api/createbuild/g/p/2", field, token: token)
            #expect(created.status == 400 && created.text.contains(words), "\(created.text)")
            _ = try await gateway.submitJob("e", token: token)
            let registered = try await gateway.form("/api/builds/1/callbacks/", field, token: token)
            #expect(registered.status == 400 && registered.text.contains(words), "\(registered.text)")
        }
    }
}

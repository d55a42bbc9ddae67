// SPDX-License-Identifier: Apache-2.0

import Fleet
import Testing

@Suite("URLs of webhooks")
struct WebhookURLTests {
    @Test("Labels take their places, encoded, in path and query")
    func filled() throws {
        let url = try WebhookURL("https://X.example:8080/a/{labels.commit}?b={labels.a.b-c_d}&{labels.commit}")
        let filled = try url.filled(with: ["commit": "é/?#&", "a.b-c_d": "1", "other": "2"])
        #expect(filled == "https://X.example:8080/a/%C3%A9%2F%3F%23%26?b=1&%C3%A9%2F%3F%23%26")
        #expect(url.origin == "https://x.example:8080")
    }

    @Test("A label of dots alone does not lead to another path", arguments: [".", "..", "..."])
    func dots(value: String) throws {
        let url = try WebhookURL("https://x.example/a/{labels.a}/b/.{labels.b}")
        #expect(throws: WebhookURL.MissingLabel.self) { try url.filled(with: ["a": value, "b": "x"]) }
        #expect(throws: WebhookURL.MissingLabel.self) { try url.filled(with: ["a": "x", "b": value]) }
        #expect(try url.filled(with: ["a": "v1.0..", "b": "%2e"]) == "https://x.example/a/v1.0../b/.%252e")
    }

    @Test("A label that is not there or empty is named")
    func missing() throws {
        let url = try WebhookURL("https://x.example/{labels.a}/{labels.b}")
        #expect(throws: WebhookURL.MissingLabel.self) { try url.filled(with: ["a": "1"]) }
        #expect(throws: WebhookURL.MissingLabel.self) { try url.filled(with: ["a": "1", "b": ""]) }
        #expect(throws: CallbackURL.Fault.self) {
            try url.filled(with: ["a": String(repeating: "x", count: 3_000), "b": "1"])
        }
    }
}

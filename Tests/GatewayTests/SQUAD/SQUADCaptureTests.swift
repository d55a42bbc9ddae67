// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import NIOHTTP1
import Testing

@Suite("SQUAD's addresses answer as a real SQUAD did", .timeLimit(.minutes(10)))
struct SQUADCaptureTests {
    @Test("Status, type and content are SQUAD's, but for what the documentation says")
    func captures() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["muster/*"])
            let plain = try await gateway.token(["muster/*"], can: [.read])
            let captures = try SQUADCapture.all()
            #expect(captures.count > 40)
            for capture in captures {
                let answer = try await capture.ask(gateway, token: token, plain: plain)
                let other = Self.others[capture.name]
                #expect(answer.status == other?.status ?? capture.status, "\(capture.name): \(answer.text)")
                guard other == nil || other?.text != nil else { continue }
                #expect(answer.headers.first(name: "Content-Type") == capture.type, "\(capture.name)")
                if let text = other?.text {
                    #expect(answer.text.hasPrefix(text), "\(capture.name): \(answer.text)")
                } else if capture.type == "application/json" {
                    let (ours, theirs) = try (Self.object(answer.text, gateway), Self.object(capture.text))
                    #expect(ours == theirs, "\(capture.name): \(answer.text)")
                } else {
                    #expect(answer.text == capture.text, "\(capture.name)")
                }
            }
        }
    }

    /// Where the status is another, or the text only begins as SQUAD's.
    private static let others: [String: (status: Int, text: String?)] = [
        "version": (200, "1.98+muster."),
        "broken definition": (400, "test job definition is not valid: "),
        "submit with a bad token": (401, nil),
        "submit with GET": (405, nil),
        "register without a token": (401, nil),
        // A build has one callback, under the build's own number.
        "callbacks": (202, #"{"results":[{"event":"on_build_finished","id":2,"is_sent":false,"method":"post","#),
        "the same callback again": (202, nil),
        "resubmit an unknown job": (404, nil),
        "resubmit what runs": (200, nil),
        "resubmit what runs, the other way": (403, nil),
        // There nothing is canceled that is not in a lab.
        "cancel a build": (200, nil),
    ]
    /// What SQUAD has and Muster has not, or has under another name: any value will do.
    private static let strangers: Set<String> = ["backend", "is_public", "record_response"]

    private static func object(_ text: String, _ gateway: TestGateway? = nil) throws -> NSObject {
        var text = text.replacing(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/, with: "\"TIME\"")
        if let gateway { text = text.replacing("http://127.0.0.1:\(gateway.port)", with: "SERVER") }
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(known(value) as? NSObject)
    }

    private static func known(_ value: Any) -> Any {
        if let list = value as? [Any] { return list.map(known) as NSArray }
        guard let object = value as? [String: Any] else { return value }
        // SQUAD knows a test job's name only once it has fetched it.
        let isTestJob = object["job_id"] != nil
        let kept = object.filter { !$0.key.hasPrefix("muster_") }.map { key, value in
            (key, strangers.contains(key) || (isTestJob && key == "name") ? "any" : known(value))
        }
        return Dictionary(kept) { first, _ in first } as NSDictionary
    }
}

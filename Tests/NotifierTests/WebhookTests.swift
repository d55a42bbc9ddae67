// SPDX-License-Identifier: Apache-2.0

import Callbacks
import FleetRuntime
import FleetStore
import Foundation
import NIOHTTP1
import Reports
import Testing

@testable import Fleet
@testable import Notifier

@Suite("Standard Webhooks")
struct WebhookTests {
    private let secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    @Test("The specification's own vector")
    func vector() throws {
        let signature = try WebhookSigner(keys: [try SigningKey(secret)]).signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8)
        )
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("While a secret is being replaced there are two signatures, the new one first")
    func rotation() throws {
        let old = Secret("whsec_" + Data("the secret before this one".utf8).base64EncodedString())
        let both = try #require(
            try WebhookSigner(keys: [try SigningKey(secret), try SigningKey(old)]).signature(
                id: "msg_1",
                timestamp: 1,
                body: []
            )
        )
        let each = try [secret, old].map {
            try WebhookSigner(keys: [try SigningKey($0)]).signature(id: "msg_1", timestamp: 1, body: [])
        }
        #expect(both.split(separator: " ").map(String.init) == each)
    }

    @Test("No secret, no signature; an unusable one is refused without being shown")
    func secrets() throws {
        #expect(try WebhookSigner(keys: []).signature(id: "msg_1", timestamp: 1, body: []) == nil)
        #expect {
            try SigningKey(Secret("whsec_not base64!"))
        } throws: {
            !"\($0)".contains("not base64!")
        }
    }

    @Test("A jobset's headers are sent, but never take the place of ours")
    func headers() throws {
        let headers = try CallbackHeaders.make(
            own: [
                "Authorization": "Bearer t", "Content-Type": "text/plain", "WEBHOOK-ID": "x", "webhook-anything": "x",
                "User-Agent": "x", "Content-Length": "1", "Transfer-Encoding": "chunked", "Host": "x",
            ],
            id: "msg_1",
            timestamp: 5,
            body: [],
            signer: WebhookSigner(keys: [])
        )
        #expect(headers["authorization"] == ["Bearer t"])
        #expect(headers["content-type"] == ["application/json"])
        #expect(headers["webhook-id"] == ["msg_1"])
        #expect(headers["webhook-timestamp"] == ["5"])
        #expect(headers["user-agent"] == ["muster/\(MusterVersion.current)"])
        #expect(headers.count == 5)
    }

    @Test("The body of 10,000 jobs with long reasons stays below 20 kB and says what it left out")
    func large() throws {
        let jobs = (0..<10_000).map { position in
            Job(
                id: position,
                position: position,
                environment: "environment-\(position)",
                backend: "lab",
                state: .finished,
                outcome: position < 9_000 ? .complete : .incomplete,
                reason: position < 9_000 ? nil : String(repeating: "\u{1}\"\\\u{1F600}", count: 500),
                tests: TestCounts(),
                attempts: 1,
                labJobs: (0..<50).map { LabJob(number: $0, url: "https://lab/\($0)") },
                createdAt: Date()
            )
        }
        let labels = Dictionary(
            uniqueKeysWithValues: (0..<64).map { ("label\($0)", String(repeating: "v", count: 500)) }
        )
        var jobset = Jobset.finished(.incomplete)
        jobset.labels = labels
        let body = try CallbackBody.encode(FinishedJobsetReport(jobset: jobset, jobs: jobs, failedTests: []))
        #expect(body.count < CallbackBody.maximumBytes)
        #expect(body.count > CallbackBody.maximumBytes / 2)
        let event = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        let data = try #require(event["data"] as? [String: Any])
        let listed = try #require(data["jobs"] as? [[String: Any]])
        #expect(listed.allSatisfy { $0["outcome"] as? String == "incomplete" })
        #expect(data["jobs_omitted"] as? Int == 10_000 - listed.count)
        #expect(data["labels"] == nil)
    }

    @Test(
        "Only 2xx is taken, and 410 is the end",
        arguments: [
            (200, TryEnding.taken), (204, .taken), (299, .taken), (199, .notTaken(isBusy: false, retryAfter: nil)),
            (301, .notTaken(isBusy: false, retryAfter: nil)), (410, .gone),
            (429, .notTaken(isBusy: true, retryAfter: nil)), (500, .notTaken(isBusy: false, retryAfter: nil)),
        ]
    )
    func statuses(_ status: Int, _ ending: TryEnding) {
        #expect(DeliveryMaker.result(of: CallbackAnswer(status: status, retryAfter: nil, excerpt: "")).ending == ending)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Fleet
import NIOHTTP1
import TestSupport
import Testing

@testable import Notifier

@Suite("What is told of a receiver's answer")
struct AnswerWordsTests {
    @Test(
        "A redirect says where it points, harmless, cut, and without what may be a secret",
        arguments: [
            ("https://other.example/hook", "https://other.example/hook"),
            ("/elsewhere?token=secret#part", "/elsewhere"),
            ("https://a.example/\u{202E}x", "https://a.example/\u{FFFD}x"),
            ("https://a.example/" + String(repeating: "x", count: 400), "https://a.example/xxx"),
        ]
    )
    func redirect(_ location: String, _ shown: String) async throws {
        for status in [301, 302, 303, 307, 308] {
            let answer = try await Self.answer(.status(status, headers: ["Location": location]))
            let error = try #require(DeliveryMaker.result(of: answer).error)
            #expect(error.hasPrefix("the receiver answered \(status) and points to \(shown)"))
            #expect(error.hasSuffix("; redirects are not followed"))
            #expect(error.count < 300 && !error.contains("secret"))
        }
    }

    @Test("A redirect that holds a password, or points nowhere, is told by its status")
    func shownNowhere() async throws {
        let secret = try await Self.answer(.status(302, headers: ["Location": "https://user:pass@a.example/"]))
        #expect(DeliveryMaker.result(of: secret).error == "the receiver answered 302")
        let nowhere = try await Self.answer(.status(302))
        #expect(DeliveryMaker.result(of: nowhere).error == "the receiver answered 302")
        let good = try await Self.answer(.status(200, headers: ["Location": "https://a.example/"]))
        #expect(DeliveryMaker.result(of: good).error == nil)
    }

    @Test("Nobody listens there: in our words")
    func refused() async throws {
        let port = try ReservedPort()
        await #expect(throws: CallbackError.unreachable("the receiver can't be reached: connection refused")) {
            try await Self.send(to: "http://127.0.0.1:\(port.number)/")
        }
    }

    @Test("A name that is not known: in our words")
    func unknownName() async throws {
        await #expect {
            try await Self.send(to: "http://no-such-host.invalid/", resolver: HostResolver())
        } throws: {
            "\($0)".hasPrefix("the receiver's name ")
        }
    }

    private static func answer(_ answer: ReceiverAnswer) async throws -> CallbackAnswer {
        try await CallbackReceiver.with { _, _ in
            answer
        } _: { receiver in
            try await send(to: receiver.url)
        }
    }

    @discardableResult private static func send(
        to url: String,
        resolver: HostResolver = HostResolver()
    ) async throws -> CallbackAnswer {
        let sender = CallbackSender(
            timeout: .seconds(60),
            excerptBytes: 10,
            policy: AddressPolicy(allowedNetworks: ["127.0.0.0/8"]),
            resolver: resolver
        )
        return try await sender.send(.post, [], to: url, headers: [:], turn: 0)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Fleet
import FleetRuntime
import Foundation
import NIOHTTP1
import NIOSSL
import TestSupport
import Testing

/// Receivers over TLS, at a name whose checked address is dialled.
@Suite("Receivers over TLS")
struct ReceiverTLSTests {
    /// A receiver's certificate, and what is to come of it.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var name = "DNS:hooks.example.org"
        var days = 2
        var knowsAuthority = true
        /// What the error must say; nil if the receiver is to be trusted.
        var words: String?
    }

    @Test(
        "A receiver is trusted whose certificate is for its name and whose authority is known",
        arguments: [
            Case(testDescription: "from the operator's authority"),
            Case(testDescription: "from an unknown authority", knowsAuthority: false, words: "no authority known here"),
            Case(testDescription: "that has expired", days: -1, words: "has expired"),
            Case(testDescription: "for another name", name: "DNS:example.org", words: "is for another name"),
        ]
    )
    func certificates(_ one: Case) async throws {
        try await TestCertificates.with { certificates in
            let files = try certificates.issue(for: one.name, days: one.days)
            let authority = one.knowsAuthority ? certificates.authority : nil
            try await CallbackReceiver.with(tls: try certificates.serverConfiguration(files)) { receiver in
                let sender = try Self.sender(authority: authority)
                let url = "https://hooks.example.org:\(receiver.port)/hook"
                guard let words = one.words else {
                    let answer = try await sender.send(.post, Array("{}".utf8), to: url, headers: [:], turn: 0)
                    #expect(answer.status == 200)
                    #expect(receiver.received.count == 1)
                    return
                }
                await #expect {
                    try await sender.send(.post, Array("{}".utf8), to: url, headers: [:], turn: 0)
                } throws: {
                    "\($0)".contains("can't be trusted: ") && "\($0)".contains(words)
                }
                // Nothing was said to whom we do not trust.
                #expect(receiver.received.isEmpty)
            }
        }
    }

    @Test("What does not speak TLS is told from what can't be trusted")
    func plain() async throws {
        try await CallbackReceiver.with { receiver in
            await #expect {
                try await Self.sender(authority: nil).send(
                    .post,
                    [],
                    to: "https://hooks.example.org:\(receiver.port)/hook",
                    headers: [:],
                    turn: 0
                )
            } throws: {
                "\($0)".contains("does not speak TLS")
            }
            #expect(receiver.received.isEmpty)
        }
    }

    @Test("A file that holds no authority stops the notifier before it begins", arguments: ["/nowhere.pem", #filePath])
    func uselessFile(_ file: String) throws {
        #expect {
            try Self.sender(authority: file)
        } throws: {
            "\($0)".contains("callback.ca_file")
        }
    }

    private static func sender(authority: String?) throws -> CallbackSender {
        let text = """
            broker:
              url: amqp://localhost
            database:
              url: postgres://localhost
            \(authority.map { "callback:\n  ca_file: \($0)" } ?? "")
            """
        let configuration = try FleetConfiguration.load(text: text, environment: [:])
        return CallbackSender(
            timeout: .seconds(20),
            excerptBytes: 100,
            policy: AddressPolicy(allowedNetworks: ["127.0.0.0/8"]),
            resolver: HostResolver { _ in [IPAddress("127.0.0.1")].compactMap { $0 } },
            authorities: try ReceiverAuthorities(configuration.callback)
        )
    }
}

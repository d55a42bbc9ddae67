// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Crypto
import Fleet
import FleetRuntime
import Foundation
import Testing

@testable import Notifier

/// Callbacks, verified by what others wrote. `deploy/stack up` installs it.
@Suite("Signatures by others' judgement", .timeLimit(.minutes(10)))
struct ReferenceTests {
    private static let privateKey = "whsk_" + Data(1...32).base64EncodedString()

    @Test("The reference library takes v1, another ed25519 takes v1a, while both secrets are in force")
    func verified() async throws {
        let old = "whsec_" + Data("the secret that is being replaced".utf8).base64EncodedString()
        try await TestFleet.with(callback: ["previous_secret": "\(old)", "private_key": "\(Self.privateKey)"]) {
            fleet in
            try await CallbackReceiver.with { receiver in
                try await fleet.withNotifiers {
                    let id = try await fleet.finishJobset(callback: CallbackRequest(url: receiver.url))
                    try await eventually("it is taken") { try await fleet.isOver(id) }
                }
                let received = try #require(receiver.received.first)
                let versions = received.headers["webhook-signature"]?.split(separator: " ").map {
                    $0.prefix { $0 != "," }
                }
                #expect(versions == ["v1", "v1", "v1a"])
                for secret in [TestFleet.secret, old] {
                    #expect(try Self.verify(received, secret) == ["v1", "v1-forgery-refused", "v1a"])
                }
            }
        }
    }

    @Test("The public key is that of the private one, with or without its public half behind it")
    func publicKey() throws {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: Data(1...32))
        let long = "whsk_" + (Data(1...32) + key.publicKey.rawRepresentation).base64EncodedString()
        let expected = "whpk_" + key.publicKey.rawRepresentation.base64EncodedString()
        #expect(try SigningKey(Secret(Self.privateKey)).publicKey == expected)
        #expect(try SigningKey(Secret(long)).publicKey == expected)
        #expect(try SigningKey(Secret(TestFleet.secret)).publicKey == nil)
        #expect(throws: SigningKey.Unusable.self) { try SigningKey(Secret("whsk_AAAA")) }
    }

    private static func verify(_ received: ReceivedCallback, _ secret: String) throws -> [String] {
        let python = try #require(
            ProcessInfo.processInfo.environment["MUSTER_TEST_PYTHON"],
            "MUSTER_TEST_PYTHON names the Python that deploy/stack up makes"
        )
        let key = try #require(try SigningKey(Secret(privateKey)).publicKey)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Reference/verify.py")
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [script.path, secret, key]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let question: [String: Any] = [
            "headers": received.headers, "body": Data(received.body).base64EncodedString(),
        ]
        try input.fileHandleForWriting.write(contentsOf: JSONSerialization.data(withJSONObject: question))
        try input.fileHandleForWriting.close()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: said, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

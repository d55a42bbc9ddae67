// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Fleet
import NIOHTTP1
import TestSupport
import Testing

@Suite("URLs of callbacks")
struct CallbackURLTests {
    /// Every character that RFC 3986 allows in a path or a query besides escapes.
    private static let allowed = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?"
    )
    private static let printable = (UInt8(0x21)...0x7E).map { Character(Unicode.Scalar($0)) }

    @Test("What is accepted is dialled as it was given, byte for byte, whatever character is in it")
    func everyCharacter() async throws {
        try await CallbackReceiver.with { receiver in
            var sent: [String] = []
            for character in Self.printable where character != "#" && character != "%" {
                // An escape beside it: a client that encodes the one anew takes the other with it.
                let targets = ["/a\(character)b%2Fc", "/x?a=\(character)%2B1&b%5B%5D=\(character)"]
                for target in targets {
                    let url = "http://127.0.0.1:\(receiver.port)\(target)"
                    let isAccepted = (try? CallbackURL(url)) != nil
                    #expect(isAccepted == Self.allowed.contains(character), "\(url)")
                    if isAccepted {
                        try await Self.dial(url)
                        sent.append(target)
                    }
                }
            }
            #expect(sent.count == 2 * Self.allowed.count)
            #expect(receiver.received.map(\.target) == sent)
        }
    }

    @Test(
        "Nor does anything else about a path or a query change it",
        arguments: [
            "/?", "/?a?b", "//double//slash/", "/./here/../there/.", "/..%2f..%2F", "/%41%7e%c3%a4%00?%ff",
            "/a%20b+c?d+e%20f",
            "/trigger?ref=feature%2Fx&variables%5BBUILD%5D=v6.1%2B1", "/a;b=c/d,e:f@g?h=/i?j", "/!$&'()*+,;=:@-._~",
            "/" + String(repeating: "long%2F", count: 280),
        ]
    )
    func asGiven(_ target: String) async throws {
        try await CallbackReceiver.with { receiver in
            try await Self.dial("http://127.0.0.1:\(receiver.port)\(target)")
            #expect(receiver.received.map(\.target) == [target])
        }
    }

    @Test(
        "A URL without a path asks for the root, and the host is named as it was given",
        arguments: [("", "/"), ("?a=b%2F", "/?a=b%2F")]
    )
    func root(_ rest: String, _ target: String) async throws {
        try await CallbackReceiver.with { receiver in
            try await Self.dial("HTTP://Receiver.Example:\(receiver.port)\(rest)")
            #expect(receiver.received.map(\.target) == [target])
            #expect(receiver.received.first?.headers["host"] == "Receiver.Example:\(receiver.port)")
        }
    }

    private static func dial(_ url: String) async throws {
        let sender = CallbackSender(
            timeout: .seconds(60),
            excerptBytes: 10,
            policy: AddressPolicy(allowedNetworks: ["127.0.0.0/8"]),
            resolver: HostResolver { _ in [IPAddress("127.0.0.1")].compactMap { $0 } }
        )
        let answer = try await sender.send(.post, [], to: url, headers: [:], turn: 0)
        #expect(answer.status == 200)
    }
}

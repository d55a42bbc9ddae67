// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AMQP

@Suite("Configuration")
struct ConfigurationTests {
    @Test("a URL is read with all its parts")
    func full() throws {
        let read = try AMQPConfiguration(url: "amqps://us%40er:p%2Fw:x@[::1]:5999/my%2Fhost")
        #expect(read.user == "us@er" && read.password == "p/w:x" && read.host == "::1" && read.port == 5999)
        #expect(read.virtualHost == "my/host" && read.tls != nil)
    }

    @Test(
        "what a URL leaves out keeps its default",
        arguments: [
            ("amqp://h", "h", 5672, "/"), ("amqp://h/", "h", 5672, "/"), ("amqps://h:1/v", "h", 1, "v"),
            ("amqp://", "127.0.0.1", 5672, "/"), ("amqps://u@h", "h", 5671, "/"),
        ]
    )
    func defaults(url: String, host: String, port: Int, virtualHost: String) throws {
        let read = try AMQPConfiguration(url: url)
        #expect(read.host == host && read.port == port && read.virtualHost == virtualHost)
    }

    @Test("a URL can name the nodes of a cluster, separated by commas")
    func servers() throws {
        let read = try AMQPConfiguration(url: "amqps://u:p%2Cw@a,b:5999,[::1]:5998,[::2]/v")
        #expect(
            read.servers == [
                .init(host: "a", port: 5671), .init(host: "b", port: 5999), .init(host: "::1", port: 5998),
                .init(host: "::2", port: 5671),
            ]
        )
        #expect(read.user == "u" && read.password == "p,w" && read.virtualHost == "v")
        #expect("\(read)" == "amqps://u@a:5671,b:5999,[::1]:5998,[::2]:5671 virtual host v")
    }

    @Test(
        "a URL that cannot be used is refused without being repeated",
        arguments: [
            "", "h", "http://u:secret@h", "amqp://u:secret@h:0", "amqp://u:secret@h:65536", "amqp://u:secret@h:x",
            "amqp://u:secret%2@h", "amqp://u:secret%zz@h", "amqp://u:secret%ff@h", "amqp://u:secret@[::1",
            "amqp://u:secret@h/v?heartbeat=1", "amqp://u:secret@[::1]x", "amqp://u:secret@a,,b", "amqp://u:secret@a,",
            "amqp://u:secret@a:1,b:x/v",
        ]
    )
    func refused(url: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(url: url) }
        #expect(error?.code == .invalidArgument)
        #expect(error.map { "\($0)" }?.contains("secret") == false)
    }

    @Test("neither description nor reflection shows the password")
    func redacted() throws {
        let configuration = try AMQPConfiguration(url: "amqp://u:geheim@h/v")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("geheim"))
            #expect(text.contains("h:5672"))
        }
    }

    @Test("what would fail late is refused early: no heartbeat, no limit, no room")
    func validation() throws {
        var changes: [(inout AMQPConfiguration) -> Void] = []
        changes.append { $0.heartbeat = .zero }
        changes.append { $0.heartbeat = .milliseconds(900) }
        changes.append { $0.heartbeat = .seconds(65_536) }
        changes.append { $0.rpcTimeout = .zero }
        changes.append { $0.publishTimeout = .seconds(100_000_000) }
        changes.append { $0.maximumFrameSize = 4095 }
        changes.append { $0.port = 70_000 }
        changes.append { $0.servers = [] }
        changes.append { $0.servers = [.init(host: "a", port: 1), .init(host: "b", port: 0)] }
        changes.append { $0.password = "a\0b" }
        for change in changes {
            var configuration = AMQPConfiguration()
            change(&configuration)
            #expect(throws: AMQPError.self) { try configuration.validate() }
        }
        try AMQPConfiguration().validate()
    }

    @Test("pauses before connecting again grow, are capped and vary")
    func delays() {
        let configuration = AMQPConfiguration(firstReconnectDelay: .seconds(1), maximumReconnectDelay: .seconds(8))
        for (attempt, longest) in [(0, 1), (1, 2), (2, 4), (3, 8), (4, 8), (1000, 8), (-1, 1)] {
            let delays = (0..<50).map { _ in configuration.reconnectDelay(attempt: attempt) }
            #expect(delays.allSatisfy { $0 <= .seconds(longest) && $0 >= .milliseconds(longest * 500) })
            #expect(Set(delays).count > 1)
        }
    }
}

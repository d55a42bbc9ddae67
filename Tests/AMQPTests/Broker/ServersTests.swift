// SPDX-License-Identifier: Apache-2.0

import AMQP
import Foundation
import TestSupport
import Testing

@Suite("Several servers", .timeLimit(.minutes(10)))
struct ServersTests {
    @Test("a server that is down, or says nothing, is passed over, wherever it stands in the list")
    func passedOver() async throws {
        let silent = try SilentServer()
        var configuration = try TestBroker.configuration()
        // A third of it for each server: the real one must not run out of it on a busy machine.
        configuration.handshakeTimeout = .seconds(24)
        let real = configuration.servers[0]
        configuration.servers = [
            .init(host: "127.0.0.1", port: 1), .init(host: "127.0.0.1", port: silent.port), real,
        ]
        // Each begins with a server at random.
        for _ in 0..<4 { #expect(try await canTalk(configuration)) }
    }

    @Test("where none can be used, the error says what each said")
    func none() async throws {
        var configuration = try TestBroker.configuration()
        configuration.servers = [.init(host: "127.0.0.1", port: 1), .init(host: "localhost", port: 2)]
        let error = await #expect(throws: AMQPError.self) { try await canTalk(configuration) }
        #expect(error?.code == .connectionLost && error?.isFatal == false)
        #expect(error?.message.contains("127.0.0.1:1") == true && error?.message.contains("localhost:2") == true)
    }

    @Test("a publisher goes on at another server when its own is gone")
    func failover() async throws {
        let real = try TestBroker.configuration()
        let nodes = [try FreezingProxy(target: real.port), try FreezingProxy(target: real.port)]
        var several = real
        several.servers = nodes.map { .init(host: "127.0.0.1", port: $0.port) } + [.init(host: "127.0.0.1", port: 1)]
        let configuration = several
        try await withQueue { queue in
            try await withPublisher(configuration) { publisher in
                try await publisher.publish(AMQPMessage(text: "1"), exchange: "", routingKey: queue)
                let (used, other) = nodes[0].connections > 0 ? (nodes[0], nodes[1]) : (nodes[1], nodes[0])
                #expect(other.connections == 0)
                used.stop()
                // One that is on its way then is in doubt.
                try await eventually("a message through the other server") {
                    try? await publisher.publish(AMQPMessage(text: "2"), exchange: "", routingKey: queue)
                    return other.connections > 0
                }
                try await publisher.publish(AMQPMessage(text: "3"), exchange: "", routingKey: queue)
                other.stop()
            }
            #expect(try await readyMessages(queue).map { $0 >= 2 } == true)
        }
    }
}

@Suite("Client certificates", .timeLimit(.minutes(10)))
struct ClientCertificateTests {
    /// With the certificate that the broker's authority has signed for clients.
    private func configuration() throws -> AMQPConfiguration {
        var configuration = try TestBroker.tlsConfiguration()
        configuration.tls?.certificateFile = try TestServers.required("MUSTER_TEST_CLIENT_CERTIFICATE")
        configuration.tls?.keyFile = try TestServers.required("MUSTER_TEST_CLIENT_KEY")
        return configuration
    }

    @Test("the broker sees whose certificate it is")
    func shown() async throws {
        var configuration = try configuration()
        let name = TestBroker.uniqueName("certificate")
        configuration.connectionName = name
        let named = configuration
        let connections = try await AMQPSession.withSession(configuration: named, logger: quietLogger) { session in
            _ = try await session.exchangeExists("amq.topic")
            return try await TestServers.rabbitmqctl("list_connections", "client_properties", "peer_cert_subject")
        }
        let own = connections.split(separator: "\n").filter { $0.contains(name) }
        #expect(own.count == 1 && own[0].contains("CN=muster_certificate"), "\(connections)")
    }

    @Test("a certificate of another authority is refused, and does not end the trying")
    func stranger() async throws {
        try await TestCertificates.with { certificates in
            var configuration = try configuration()
            let files = try certificates.issue(for: "DNS:stranger")
            configuration.tls?.certificateFile = files.certificate
            configuration.tls?.keyFile = files.key
            let stranger = configuration
            try configuration.tls?.checkFiles()
            await #expect(throws: AMQPError.self) { try await canTalk(stranger) }
        }
    }

    @Test("files that can't be used are found without a broker, and nobody is asked for a passphrase")
    func files() async throws {
        let right = try configuration()
        try right.tls?.checkFiles()
        try await TestCertificates.with { certificates in
            let stranger = try certificates.issue(for: "DNS:stranger")
            let encrypted = certificates.file("encrypted.pem")
            try "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII=\n-----END ENCRYPTED PRIVATE KEY-----\n"
                .write(toFile: encrypted, atomically: true, encoding: .utf8)
            let cases: [(inout AMQPConfiguration.TLS) -> Void] = [
                { $0.certificateAuthorityFile = "/nonexistent.pem" }, { $0.certificateFile = "/nonexistent.pem" },
                { $0.keyFile = "/nonexistent.pem" }, { $0.keyFile = nil }, { $0.keyFile = stranger.key },
                { $0.keyFile = encrypted },
            ]
            for (number, change) in cases.enumerated() {
                var configuration = right
                var tls = try #require(right.tls)
                change(&tls)
                configuration.tls = tls
                let alone = #expect(throws: AMQPError.self, "\(number)") { try tls.checkFiles() }
                let wrong = configuration
                let connecting = await #expect(throws: AMQPError.self) { try await canTalk(wrong) }
                #expect(alone?.code == .tls && connecting == alone)
            }
        }
    }
}

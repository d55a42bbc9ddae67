// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AMQP

@Suite("A round of servers")
struct ServerRoundTests {
    private func configuration(_ names: String...) -> AMQPConfiguration {
        var configuration = AMQPConfiguration(connectTimeout: .seconds(12), handshakeTimeout: .seconds(6))
        configuration.servers = names.map { AMQPConfiguration.Server(host: $0, port: 1) }
        return configuration
    }

    private let refused = AMQPError(.connectionLost, "refused")

    @Test("each server is tried once, in order from the one that it begins with", arguments: 0..<6)
    func order(start: Int) throws {
        let configuration = configuration("a", "b", "c")
        var round = ServerRound(configuration, start: start)
        var tried: [String] = []
        while let one = round.next() {
            #expect(one.servers.count == 1 && one.user == configuration.user)
            tried.append(one.host)
            try round.failed(refused)
        }
        let all = ["a", "b", "c", "a", "b", "c"]
        #expect(tried == Array(all[start % 3..<start % 3 + 3]))
    }

    @Test("by itself a round begins with any of them")
    func spread() {
        let configuration = configuration("a", "b", "c")
        let first = (0..<200).map { _ in
            var round = ServerRound(configuration)
            return round.next()?.host
        }
        #expect(Set(first) == ["a", "b", "c"])
    }

    @Test("the limits are for all of them together: who takes long leaves less to the others")
    func shares() throws {
        let start = ContinuousClock.now
        var slow = ServerRound(configuration("a", "b", "c"), start: 0, now: start)
        let first = slow.next(now: start)
        #expect(first?.connectTimeout == .seconds(4) && first?.handshakeTimeout == .seconds(2))
        try slow.failed(refused)
        let second = slow.next(now: start + .seconds(6))
        #expect(second?.connectTimeout == .seconds(4))
        try slow.failed(refused)
        let last = slow.next(now: start + .seconds(100))
        let late = try #require(last?.connectTimeout)
        #expect(late > .zero && late < .seconds(1))

        var quick = ServerRound(configuration("a", "b"), start: 0, now: start)
        _ = quick.next(now: start)
        try quick.failed(refused)
        #expect(quick.next(now: start)?.connectTimeout == .seconds(12))
        var only = ServerRound(configuration("a"), now: start)
        let alone = only.next(now: start)
        #expect(alone?.connectTimeout == .seconds(12) && alone?.handshakeTimeout == .seconds(6))
    }

    @Test("who is refused by one is refused by all, and is not refused by each of them")
    func login() {
        var round = ServerRound(configuration("a", "b"), start: 0)
        _ = round.next()
        let error = #expect(throws: AMQPError.self) { try round.failed(AMQPError(.authentication, "no")) }
        #expect(error?.code == .authentication)
    }

    @Test("the failure says what each said; it is lasting only if none may take us later")
    func failure() throws {
        var mixed = ServerRound(configuration("a", "b"), start: 0)
        try mixed.failed(refused)
        try mixed.failed(AMQPError(.tls, "no trust"))
        #expect(mixed.failure.code == .connectionLost && !mixed.failure.isFatal)
        #expect(mixed.failure.message == "refused no trust")
        var alike = ServerRound(configuration("a", "b"), start: 0)
        try alike.failed(AMQPError(.tls, "no file"))
        try alike.failed(AMQPError(.tls, "no file"))
        #expect(alike.failure.code == .tls && alike.failure.message == "no file")
    }
}

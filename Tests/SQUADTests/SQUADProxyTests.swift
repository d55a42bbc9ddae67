// SPDX-License-Identifier: Apache-2.0

import HTTPExchange
import TestSupport
import Testing

@testable import SQUAD

@Suite("A SQUAD behind an HTTP proxy")
struct SQUADProxyTests {
    private let run = TestRun(environment: "qemu", jobID: "a.1")

    @Test("Test runs go through the proxy")
    func through() async throws {
        try await CallbackReceiver.with({ _, _ in .status(201, body: "17") }) { receiver in
            try await TestHTTPProxy.with { proxy in
                let url = "http://squad.test:\(receiver.port)"
                let answer = try await submit(to: url, through: HTTPProxy(proxy.url))
                #expect(answer == .stored)
                #expect(proxy.requests == ["CONNECT squad.test:\(receiver.port)"])
                #expect(receiver.received.map(\.path) == ["/api/submit/g/p/v1/qemu"])
            }
        }
    }

    @Test("A proxy that makes no tunnel is why it can't be reached")
    func refused() async throws {
        try await TestHTTPProxy.with(.refuses) { proxy in
            _ = await #expect(throws: SQUADError.unreachable(reason: "the proxy refuses to connect us")) {
                try await submit(to: "https://squad.test", through: HTTPProxy(proxy.url))
            }
        }
    }

    private func submit(to url: String, through proxy: HTTPProxy?) async throws -> SQUADClient.Answer {
        let project = SQUADProject(url: url, path: "g/p")
        return try await SQUADClient.with(project: project, token: nil, timeout: .seconds(60), proxy: proxy) { client in
            try await client.submit(run, to: "v1")
        }
    }
}

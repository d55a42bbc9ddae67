// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import FleetRuntime
import Foundation
import LAVALabs
import Logging
import TestSupport
import Testing

@testable import LAVA

@Suite("A lab behind an HTTP proxy", .timeLimit(.minutes(10)))
struct LabProxyTests {
    private static let answer = Scripted.answer("200 OK", "application/json", #"{"version": "2023.01"}"#)

    @Test("TLS goes through a tunnel: the proxy learns where to, and nothing that is said there")
    func tunnel() async throws {
        try await TestCertificates.with { certificates in
            let context = try certificates.context(certificates.issue(for: "DNS:lab.test"))
            try await withScriptedServer(tls: context, script: Self.answer) { server, lab in
                try await TestHTTPProxy.with(.wants("me:geheim")) { proxy in
                    var lab = lab
                    lab.url = try moved(lab.url, to: "lab.test")
                    lab.token = LAVAToken("hunter2")
                    lab.authorityFile = certificates.authority
                    lab.proxy = LAVAProxy("http://me:geheim@127.0.0.1:\(proxy.port)")
                    try await withClient(lab) { client in
                        let version = try await client.version()
                        #expect(version == "2023.01")
                    }
                    #expect(proxy.requests == ["CONNECT lab.test:\(lab.url.port ?? 0)"])
                    #expect(server.request.contains("Authorization: Token hunter2"))
                    #expect(!server.request.contains("Proxy-Authorization"))
                    #expect(!proxy.heard.contains("hunter2"))
                }
            }
        }
    }

    @Test("A certificate that does not pass is told without dialling the lab from here")
    func untrusted() async throws {
        try await TestCertificates.with { certificates in
            let context = try certificates.context(certificates.issue(for: "DNS:lab.test"))
            try await withScriptedServer(tls: context, script: nil) { server, lab in
                try await TestHTTPProxy.with { proxy in
                    var lab = lab
                    lab.url = try moved(lab.url, to: "lab.test")
                    lab.proxy = LAVAProxy(proxy.url)
                    try await withClient(lab) { client in
                        let error = await #expect(throws: LAVAError.self) {
                            try await client.submit(definition: "job_name: a", tag: UUID())
                        }
                        #expect(error?.description.contains("or no authority known to this system vouches") == true)
                        #expect(error?.requestMayHaveBeenProcessed == false)
                    }
                    #expect(proxy.requests.count == 1)
                    #expect(server.request.isEmpty)
                }
            }
        }
    }

    @Test("A request without TLS goes through a tunnel, too")
    func plain() async throws {
        try await withScriptedServer(script: Self.answer) { server, lab in
            try await TestHTTPProxy.with { proxy in
                var lab = lab
                lab.url = try moved(lab.url, to: "lab.test")
                lab.proxy = LAVAProxy("127.0.0.1:\(proxy.port)")
                try await withClient(lab) { client in
                    let version = try await client.version()
                    #expect(version == "2023.01")
                }
                #expect(proxy.requests == ["CONNECT lab.test:\(lab.url.port ?? 0)"])
                #expect(server.request.hasPrefix("GET /api/v0.2/system/version/ HTTP/1.1"))
            }
        }
    }

    @Test(
        "A proxy that makes no tunnel leaves no doubt, says why, and its password is not told",
        arguments: [
            (TestHTTPProxy.Manner.refuses, "the proxy refuses to connect us"),
            (TestHTTPProxy.Manner.wants("me:other"), "the proxy wants another user and password"),
        ]
    )
    func refused(_ manner: TestHTTPProxy.Manner, _ words: String) async throws {
        try await TestHTTPProxy.with(manner) { proxy in
            var lab = LAVALab(name: "a", url: try #require(URL(string: "https://lab.test")))
            lab.proxy = LAVAProxy("http://me:geheim@127.0.0.1:\(proxy.port)")
            try await withClient(lab) { client in
                let error = await #expect(throws: LAVAError.self) {
                    try await client.submit(definition: "job_name: a", tag: UUID())
                }
                #expect(error?.description.contains(words) == true, "\(String(describing: error))")
                #expect(error?.description.contains("geheim") == false)
                #expect(error?.requestMayHaveBeenProcessed == false)
            }
            #expect(proxy.requests == ["CONNECT lab.test:443"])
        }
    }

    @Test("A proxy that is away leaves no doubt")
    func away() async throws {
        var lab = LAVALab(name: "a", url: try #require(URL(string: "http://lab.test")))
        lab.proxy = LAVAProxy("http://127.0.0.1:1")
        try await withClient(lab) { client in
            let error = await #expect(throws: LAVAError.self) {
                try await client.submit(definition: "job_name: a", tag: UUID())
            }
            #expect(error?.requestMayHaveBeenProcessed == false)
        }
    }

    @Test("Its events are only listened to if their own address is known", arguments: [true, false])
    func events(hasAddress: Bool) async throws {
        let events = hasAddress ? "    events_url: wss://events.test/ws/\n" : ""
        let text = """
            broker:
              url: amqp://broker.test
            database:
              url: postgres://database.test/muster
            backends:
              a:
                url: https://lab.test

            """
        let environment = ["https_proxy": "http://proxy.test:3128"]
        let configuration = try FleetConfiguration.load(text: text + events, environment: environment)
        let lab = try LAVAServer(try #require(configuration.backends["a"]), logger: Logger(label: "test"))
        #expect(lab.hasEvents == hasAddress)
        try await lab.shutdown()
    }

    private func moved(_ url: URL, to host: String) throws -> URL {
        var parts = try #require(URLComponents(url: url, resolvingAgainstBaseURL: false))
        parts.host = host
        return try #require(parts.url)
    }

    private func withClient(_ lab: LAVALab, _ body: (LAVAClient) async throws -> Void) async throws {
        let httpClient = try LAVAClient.makeHTTPClient(for: [lab])
        let client = LAVAClient(lab: lab, httpClient: httpClient, logger: Logger(label: "test"))
        let result: Result<Void, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        try await httpClient.shutdown()
        try result.get()
    }
}

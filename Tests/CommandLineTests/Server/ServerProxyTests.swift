// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import CommandLine

@Suite("A server behind an HTTP proxy")
struct ServerProxyTests {
    @Test("Verbs go through the proxy that the environment names, whose password no output has")
    func through() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withGateway { gateway, token in
                try await TestHTTPProxy.with(.wants("me:geheim")) { proxy in
                    let url = "http://gateway.test:\(gateway.port)"
                    let environment = ["http_proxy": "http://me:geheim@127.0.0.1:\(proxy.port)"]
                    for verb in ["ls", "doctor"] {
                        let arguments = [verb, "--insecure-http", "--verbose"]
                        let ending = try await served(url, token: token, arguments, environment: environment).run()
                        #expect(ending.status == 0, "\(ending.output) \(ending.errors)")
                        #expect(!ending.output.contains("geheim") && !ending.errors.contains("geheim"))
                        if verb == "doctor" {
                            #expect(ending.output.contains("\(url) through the proxy 127.0.0.1:\(proxy.port)"))
                        }
                    }
                    #expect(Set(proxy.requests) == ["CONNECT gateway.test:\(gateway.port)"])
                    #expect(proxy.heard.contains("GET /api/v1/caller HTTP/1.1"))
                }
            }
        }
    }

    @Test("What no_proxy names is reached directly, and so is this machine")
    func direct() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withGateway { gateway, token in
                try await TestHTTPProxy.with { proxy in
                    let named = try await served(
                        "http://gateway.test:\(gateway.port)",
                        token: token,
                        ["ls", "--insecure-http"],
                        environment: ["http_proxy": proxy.url, "no_proxy": "other.test,.test"]
                    )
                    .run()
                    // There is no host of that name: only the proxy would know where it is.
                    #expect(named.status == 4, "\(named.output) \(named.errors)")
                    let own = try await served(
                        gateway.url,
                        token: token,
                        ["ls"],
                        environment: ["http_proxy": proxy.url]
                    )
                    .run()
                    #expect(own.status == 0, "\(own.errors)")
                    #expect(proxy.requests.isEmpty)
                }
            }
        }
    }

    @Test("A proxy that makes no tunnel is 4, and says why", arguments: [true, false])
    func refused(wantsPassword: Bool) async throws {
        try await TestHTTPProxy.with(wantsPassword ? .wants("me:geheim") : .refuses) { proxy in
            let ending = try await served(
                "https://gateway.test",
                token: "muster_token",
                ["ls"],
                environment: ["https_proxy": proxy.url]
            )
            .run()
            #expect(ending.status == 4)
            let words = wantsPassword ? "the proxy wants another user and password" : "the proxy refuses to connect us"
            #expect(ending.errors.contains(words), "\(ending.errors)")
            #expect(Set(proxy.requests) == ["CONNECT gateway.test:443"])
        }
    }

    @Test("A variable that is no proxy's URL is a wrong use, which names it and not its text")
    func unusable() async throws {
        let environment = ["HTTPS_PROXY": "socks5://me:geheim@proxy.test"]
        let ending = try await served("https://gateway.test", token: "t", ["ls"], environment: environment).run()
        #expect(ending.status == 2)
        #expect(ending.errors.contains("HTTPS_PROXY is not the URL of an HTTP proxy"))
        #expect(ending.errors.contains("name gateway.test in no_proxy"))
        #expect(!ending.errors.contains("geheim"))
    }
}

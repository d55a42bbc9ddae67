// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("A server that is none, or is in trouble")
struct StrangeServerTests {
    private static let token = "muster_hunter2hunter2"
    private static let page = "<html><body>\u{1B}[31mhello \(token)</body></html>"
    private static let jobset =
        #"{"id":"6f1c0000-0000-4000-8000-00000000002a","build":"/g/p/1","state":"running","generation":1,"total":TOTAL,"pending":1,"waiting":0,"in_lab":0,"outcomes":{},"tests":{"pass":0,"fail":0,"skip":0,"unknown":0},"labels":{},"retries":0,"priority":50,"is_sealed":true,"failures":0,"created_at":"2026-11-26T12:00:00Z"}"#

    static let manners: [(StrangeServer.Manner, String)] = [
        (.says(StrangeServer.answer("200 OK", "text/html", page)), "without JSON: <html><body>"),
        (.says(StrangeServer.answer("404 Not Found", "text/html", page)), "HTTP 404: <html>"),
        (.says(StrangeServer.answer("502 Bad Gateway", "text/html", page)), "HTTP 502: <html>"),
        (.says(StrangeServer.answer("200 OK", "application/json", "{\"id\": 3")), "it is not JSON"),
        (.says(StrangeServer.answer("200 OK", "application/json", "[[[[{}]]]]")), "it has an unexpected structure"),
        (.says(StrangeServer.answer("200 OK", "application/json", String(repeating: "[", count: 100_000))), "can't be"),
        (
            .says(
                StrangeServer.answer(
                    "200 OK",
                    "application/json",
                    jobset.replacing("TOTAL", with: "-9223372036854775808")
                )
            ), "a number in it is too large"
        ),
        (
            .says(
                StrangeServer.answer("307 Temporary", "text/plain", "", "Location: https://evil.example/\(token)\r\n")
            ),
            "the server redirects to https://evil.example/<token>"
        ),
        (.says("SSH-2.0-OpenSSH_9.2\r\n"), "the server can't be used"),
        (.says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), "no whole answer"),
        (.closes, "the server can't be used"),
        (.pours("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"), "has more than 67108864 bytes"),
    ]

    @Test("It is told as what it is, with 4, and neither traps nor shows the token nor obeys", arguments: manners)
    func strange(manner: StrangeServer.Manner, words: String) async throws {
        try await StrangeServer.with(manner) { server in
            let arguments = ["status", "6f1c0000-0000-4000-8000-00000000002a", "--verbose"]
            let ending = try await served("http://127.0.0.1:\(server.port)", token: Self.token, arguments).run()
            #expect(ending.status == 4, "\(ending.errors)")
            #expect(ending.errors.contains(words), "\(ending.errors)")
            #expect(!ending.errors.contains("hunter2"))
            #expect(!ending.errors.contains("\u{1B}"))
            #expect(ending.output.isEmpty)
        }
    }

    @Test(
        "One that drips or is silent is waited for no longer than a wait lasts",
        arguments: [
            StrangeServer.Manner.drips("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"), .silent,
        ]
    )
    func slow(manner: StrangeServer.Manner) async throws {
        try await StrangeServer.with(manner) { server in
            let arguments = ["status", "6f1c0000-0000-4000-8000-00000000002a", "--server-timeout", "1"]
            let ending = try await served("http://127.0.0.1:\(server.port)", token: Self.token, arguments).run()
            #expect(ending.status == 4)
            #expect(ending.errors.contains("no whole answer within 1 s"))
        }
    }

    @Test("A wait with a limit does not outlast it by a server that says nothing")
    func silentWait() async throws {
        try await StrangeServer.with(.silent) { server in
            let arguments = ["wait", "6f1c0000-0000-4000-8000-00000000002a", "--timeout", "1"]
            let ending = try await served("http://127.0.0.1:\(server.port)", token: Self.token, arguments).run()
            #expect(ending.status == 4)
            #expect(ending.errors.contains("the jobset has not ended within 1 s: the fleet was unreachable"))
        }
    }

    @Test("Nobody there is 4 soon, with the address")
    func nobody() async throws {
        let ending = try await served("http://127.0.0.1:1", token: Self.token, ["ls"]).run()
        #expect(ending.status == 4)
        #expect(ending.errors.contains("the server can't be used"))
        #expect(ending.errors.contains("check the address http://127.0.0.1:1"))
    }

    @Test("A private authority is taken when it is named, and no other")
    func privateAuthority() async throws {
        try await TestCertificates.with { certificates in
            let files = try certificates.issue()
            let body = #"{"version":"0","name":"ci","projects":["g/p"],"abilities":["read"]}"#
            let manner = StrangeServer.Manner.says(StrangeServer.answer("200 OK", "application/json", body))
            try await StrangeServer.with(manner, tls: try certificates.context(files)) { server in
                let url = "https://127.0.0.1:\(server.port)"
                let named = try await served(url, token: Self.token, ["doctor", "--ca-file", certificates.authority])
                    .run()
                #expect(named.status == 0, "\(named.output) \(named.errors)")
                #expect(named.output.contains("its certificate is valid"))
                let environment = ["SSL_CERT_FILE": certificates.authority]
                let ambient = try await served(url, token: Self.token, ["doctor"], environment: environment).run()
                #expect(ambient.status == 0)
                let unknown = try await served(url, token: Self.token, ["doctor"]).run()
                #expect(unknown.status == 4)
                #expect(unknown.output.contains("no authority known here vouches for it (--ca-file names more)"))
            }
            let expired = try certificates.issue(days: -1)
            try await StrangeServer.with(manner, tls: try certificates.context(expired)) { server in
                let arguments = ["ls", "--ca-file", certificates.authority]
                let ending = try await served("https://127.0.0.1:\(server.port)", token: Self.token, arguments).run()
                #expect(ending.status == 4)
                #expect(ending.errors.contains("has expired"))
            }
        }
    }
}

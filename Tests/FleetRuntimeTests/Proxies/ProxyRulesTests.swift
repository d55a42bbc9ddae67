// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import FleetRuntime

@Suite("Proxies that the environment names")
struct ProxyRulesTests {
    private func proxy(_ url: String, _ environment: [String: String]) throws -> String? {
        let url = try #require(URL(string: url))
        return try ProxyRules(environment: environment).proxy(for: url).map { "\($0)" }
    }

    @Test("Each scheme has its variable, and small letters go first")
    func schemes() throws {
        let environment = [
            "https_proxy": "http://a:3128", "HTTPS_PROXY": "http://b", "http_proxy": "c.example:8080/",
        ]
        #expect(try proxy("https://lab.example/x", environment) == "a:3128")
        #expect(try proxy("http://lab.example/x", environment) == "c.example:8080")
        #expect(try proxy("https://lab.example", ["HTTPS_PROXY": "http://b"]) == "b:80")
        #expect(try proxy("https://lab.example", [:]) == nil)
        #expect(try proxy("https://lab.example", ["https_proxy": ""]) == nil)
        // A web server that runs programs puts a header of its client's there.
        #expect(try proxy("http://lab.example", ["HTTP_PROXY": "http://b"]) == nil)
    }

    @Test(
        "Hosts that no_proxy names are reached directly",
        arguments: [
            ("*", true), ("lab.example", true), (".example", true), ("example", true), ("EXAMPLE", true),
            ("other, lab.example", true), ("lab.example:8443", true), ("lab.example:443", false), ("b.example", false),
            ("ab.example", false), ("ample", false), ("", false), (",,", false), ("lab.example:", false),
        ]
    )
    func exceptions(_ list: String, _ isDirect: Bool) throws {
        let environment = ["https_proxy": "http://p:1", "no_proxy": list]
        #expect((try proxy("https://lab.example:8443/", environment) == nil) == isDirect)
    }

    @Test("An entry with a port is meant for the usual port of an address that names none")
    func usualPort() throws {
        let environment = ["https_proxy": "http://p:1", "no_proxy": "lab.example:443"]
        #expect(try proxy("https://lab.example/", environment) == nil)
    }

    @Test("Addresses and networks are understood, and the own machine is never asked through a proxy")
    func addresses() throws {
        let environment = ["http_proxy": "http://p:1", "no_proxy": "192.0.2.1,10.0.0.0/8,2001:db8::1,[2001:db8::2]:81"]
        for direct in [
            "http://192.0.2.1:8080/", "http://10.1.2.3/", "http://[2001:db8::1]/", "http://[2001:db8::2]:81/",
            "http://127.0.0.1/", "http://127.8.8.8/", "http://[::1]/", "http://localhost:8080/",
        ] {
            #expect(try proxy(direct, environment) == nil, "\(direct)")
        }
        for indirect in ["http://192.0.2.2/", "http://11.0.0.1/", "http://[2001:db8::2]/", "http://localhost.example/"]
        {
            #expect(try proxy(indirect, environment) == "p:1", "\(indirect)")
        }
    }

    @Test(
        "What is no URL of an HTTP proxy is an error where it would be used, which does not repeat it",
        arguments: [
            "socks5://secret:1", "http://", "http://p:1/secret", "https://secret@p", "http://secret:99999",
            "http://p?secret",
        ]
    )
    func unusable(_ text: String) {
        let environment = ["https_proxy": text, "no_proxy": "direct.example"]
        #expect(throws: ProxyRules.UnusableVariable(name: "https_proxy")) {
            try proxy("https://lab.example", environment)
        }
        #expect(throws: Never.self) { try proxy("https://direct.example", environment) }
        #expect(throws: Never.self) { try proxy("http://lab.example", environment) }
    }
}

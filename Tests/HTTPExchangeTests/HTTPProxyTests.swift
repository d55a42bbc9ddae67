// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Testing

@testable import HTTPExchange

@Suite("An HTTP proxy")
struct HTTPProxyTests {
    @Test("What it is told of us is in no description, and goes to it")
    func secrets() throws {
        let proxy = try #require(HTTPProxy("http://user:geheim@[::1]:3128"))
        var dumped = ""
        dump(proxy, to: &dumped)
        #expect("\(proxy)" == "[::1]:3128" && proxy.host == "::1")
        #expect(!"\(String(reflecting: proxy)) \(dumped)".contains("geheim"))
        #expect(proxy.clientProxy.authorization?.headerValue == "Basic dXNlcjpnZWhlaW0=")
    }

    @Test("Letters that a URL can't hold stand in it as escapes")
    func escaped() throws {
        let proxy = try #require(HTTPProxy("http://user:a%40b@proxy.test"))
        #expect(proxy.clientProxy.authorization?.headerValue == "Basic dXNlcjphQGI=")
        #expect(proxy.port == 80)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Dispatch
import Fleet
import FleetRuntime
import NIOHTTP1
import Synchronization
import Testing

@testable import Notifier

@Suite("Addresses")
struct AddressTests {
    @Test(
        "A callback never reaches what is not public",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
            "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1",
            "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
            "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
            "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:10::1",
            "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1",
            "ff02::1", "4000::1",
        ]
    )
    func refused(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!AddressPolicy(allowedNetworks: []).permits(address))
    }

    @Test(
        "A callback reaches what is public",
        arguments: [
            "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
            "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "223.255.255.255", "::ffff:8.8.8.8",
            "2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888", "2003::1",
        ]
    )
    func permitted(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy(allowedNetworks: []).permits(address))
    }

    @Test(
        "An operator's networks are allowed, and no address beside them",
        arguments: [
            ("10.1.0.0/16", "10.1.255.255", "10.2.0.0"), ("127.0.0.1/32", "127.0.0.1", "127.0.0.2"),
            ("fd00:1::/32", "fd00:1::9", "fd00:2::9"), ("192.168.4.0/22", "192.168.7.255", "192.168.8.0"),
            ("::1/128", "::1", "::2"), ("10.0.0.0/8", "::ffff:10.0.0.1", "::a00:1"),
        ]
    )
    func allowed(_ network: String, _ inside: String, _ outside: String) throws {
        let policy = AddressPolicy(allowedNetworks: [network])
        #expect(policy.permits(try #require(IPAddress(inside))))
        #expect(!policy.permits(try #require(IPAddress(outside))))
    }

    @Test(
        "What is no network allows nothing",
        arguments: ["", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "all", "::/129"]
    )
    func noNetwork(_ text: String) throws {
        #expect(Network(text) == nil)
        #expect(!AddressPolicy(allowedNetworks: [text]).permits(try #require(IPAddress("10.0.0.1"))))
    }

    @Test("An address is written as it is read", arguments: ["192.0.2.1", "2001:db8::1", "::1", "fe80::1:2"])
    func written(_ text: String) throws {
        #expect(try #require(IPAddress(text)).description == text)
    }

    @Test(
        "An URL that we and the HTTP client might read differently is not called",
        arguments: [
            "", "ftp://example.org/", "http:///path", "http://user:pass@example.org/", "http://ex%61mple.org/",
            "http://例え.jp/", "http://exa mple.org/", "file:///etc/passwd", "http://[::1%25eth0]/", "//example.org",
            "http://example.org:22/", "https://example.org:25/", "http://example.org:6667", "http://example.org:0/",
            "gopher://example.org/", "http://token@example.org/", "http://example.org@127.0.0.1/",
            "http://127.0.0.1\\@example.org/", "http://example.org\r\nX: y/", "http://2130706433/", "http://0x7f.1/",
            "http://127.1/", "http://0177.0.0.1/", "http://example.org/[a]", "http://example.org/?a[b]=%2F",
        ]
    )
    func unusable(_ url: String) {
        #expect(throws: (any Error).self) { try CallbackURL(dialling: url) }
    }

    @Test(
        "The host of an URL is what it says",
        arguments: [
            ("http://example.org/hook", "example.org", nil), ("HTTPS://Example.ORG:8443?x", "Example.ORG", nil),
            ("http://127.0.0.1:80/", "127.0.0.1", "127.0.0.1"), ("http://[::1]:8080/", "::1", "::1"),
            ("http://a-b_c.example:443", "a-b_c.example", nil), ("http://7.example.org/", "7.example.org", nil),
        ] as [(String, String, String?)]
    )
    func target(_ url: String, _ host: String, _ address: String?) throws {
        let target = try CallbackURL(dialling: url)
        #expect(target.host == host)
        #expect(target.address?.description == address)
    }

    @Test(
        "A number in place of a name is looked up, and then checked",
        arguments: [
            "2130706433", "0x7f.1", "127.1", "0", "0177.0.0.1", "017700000001", "0x7f000001", "10.1", "192.168.257",
        ]
    )
    func numbers(_ host: String) throws {
        let found = (try? HostResolver.askSystem(host)) ?? []
        #expect(found.allSatisfy { !AddressPolicy(allowedNetworks: []).permits($0) })
    }

    @Test("A name that answers differently the second time is refused the second time, and not dialled")
    func rebinding() async throws {
        try await CallbackReceiver.with { receiver in
            let lookups = Mutex(0)
            let resolver = HostResolver { _ in
                let count = lookups.withLock { count in
                    count += 1
                    return count
                }
                return [count == 1 ? "127.0.0.1" : "10.0.0.1"].compactMap { IPAddress($0) }
            }
            let sender = CallbackSender(
                timeout: .seconds(20),
                excerptBytes: 10,
                policy: AddressPolicy(allowedNetworks: ["127.0.0.0/8"]),
                resolver: resolver
            )
            let url = "http://changing.example:\(receiver.port)/hook"
            let first = try await sender.send(.post, [], to: url, headers: [:], turn: 0)
            #expect(first.status == 200)
            await #expect {
                try await sender.send(.post, [], to: url, headers: [:], turn: 0)
            } throws: {
                ($0 as? CallbackError)?.isRefusal == true
            }
            // One lookup a try: nothing looks the name up again behind the check.
            #expect(lookups.withLock { $0 } == 2)
            #expect(receiver.received.count == 1)
        }
    }

    @Test("A name server that does not answer holds up a callback no longer than its limit")
    func hangingLookup() async throws {
        let release = DispatchSemaphore(value: 0)
        defer { release.signal() }
        let resolver = HostResolver { _ in
            release.wait()
            return []
        }
        await #expect(throws: CallbackError.timeout("the name lookup took too long")) {
            try await resolver.addresses(of: "example.org", limit: .milliseconds(50))
        }
    }
}

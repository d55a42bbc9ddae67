// SPDX-License-Identifier: Apache-2.0

import Fleet
import Testing

@testable import Gateway

@Suite("Small things of the gateway")
struct SmallTests {
    @Test("A cursor comes back as it was", arguments: [["1"], ["1", "2", "3"], ["", ""]])
    func cursor(parts: [String]) throws {
        let text =
            parts.count == 1
            ? Cursor(parts[0]).text
            : parts.count == 2 ? Cursor(parts[0], parts[1]).text : Cursor(parts[0], parts[1], parts[2]).text
        #expect(Cursor(text, parts: parts.count)?.parts == parts)
        #expect(Cursor(text, parts: parts.count + 1) == nil)
    }

    @Test("An allowance is used up and comes back")
    func rate() {
        let limiter = RateLimiter(perSecond: 2, burst: 3)
        let start = ContinuousClock.now
        for _ in 0..<3 { #expect(limiter.take("a", now: start) == nil) }
        #expect(limiter.take("a", now: start) == 1)
        #expect(limiter.take("b", now: start) == nil)
        #expect(limiter.take("a", now: start + .milliseconds(500)) == nil)
        #expect(limiter.take("a", now: start + .milliseconds(500)) != nil)
        for _ in 0..<3 { #expect(limiter.take("a", now: start + .seconds(100)) == nil) }
        #expect(limiter.take("a", now: start + .seconds(100)) != nil)
        limiter.giveBack("a", now: start + .seconds(100))
        limiter.giveBack("c", now: start + .seconds(100))
        #expect(limiter.take("a", now: start + .seconds(100)) == nil)
        #expect(limiter.take("a", now: start + .seconds(100)) != nil)
    }

    @Test(
        "Only a proxy that is trusted is believed, and only as far as its own proxies reach",
        arguments: [
            ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", ["6.6.6.6, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", ["nonsense"], "10.0.0.1"), ("10.0.0.1", [], "10.0.0.1"),
            ("::1", ["2001:db8::1"], "2001:db8::1"), ("::ffff:10.1.2.3", ["198.51.100.7"], "198.51.100.7"),
        ]
    )
    func forwarded(peer: String, header: [String], client: String) {
        let addresses = ClientAddress(trustedProxies: ["10.0.0.0/8", "::1/128"])
        #expect(addresses.of(peer: peer, forwardedFor: header) == client)
    }

    @Test("An IPv6 network of 64 bits is one sender, whichever of its addresses it uses")
    func senders() {
        #expect(Allowances.key(of: "2001:db8:1:2::3") == Allowances.key(of: "2001:db8:1:2:ffff:ffff:ffff:ffff"))
        #expect(Allowances.key(of: "2001:db8:1:2::3") != Allowances.key(of: "2001:db8:1:3::3"))
        #expect(Allowances.key(of: "::ffff:192.0.2.1") != Allowances.key(of: "::ffff:192.0.2.2"))
        #expect(Allowances.key(of: "192.0.2.1") != Allowances.key(of: "192.0.2.2"))
        #expect(Allowances.key(of: nil) == Allowances.key(of: "unknown"))
    }

    @Test("Of shared places nobody has more than a share, and what is given back is there for all")
    func shares() {
        let slots = SharedSlots(3, each: 2)
        var own = [slots.take(for: "a"), slots.take(for: "a")]
        #expect(own.allSatisfy { $0 != nil } && slots.take(for: "a") == nil)
        let other = slots.take(for: "b")
        #expect(other != nil && slots.take(for: "c") == nil && slots.count == 3)
        own.removeLast()
        #expect(slots.count == 2)
        let third = slots.take(for: "c")
        #expect(third != nil && slots.take(for: "a") == nil)
        withExtendedLifetime((own, other, third)) {}
    }

    @Test(
        "The best of what is accepted is chosen",
        arguments: [
            ("text/plain", "text/plain", 1.0), ("text/*;q=0.3", "text/plain", 0.3), ("*/*", "text/plain", 1.0),
            ("*/*;q=0.1, text/plain;q=0", "text/plain", 0.0), ("nonsense", "text/plain", 0.0),
            ("TEXT/PLAIN ; q=0.7", "text/plain; charset=utf-8", 0.7),
        ]
    )
    func accept(header: String, type: String, quality: Double) {
        #expect(AcceptedTypes(header).quality(of: type) == quality)
    }
}

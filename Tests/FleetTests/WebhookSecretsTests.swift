// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Testing

@Suite("Secrets of webhooks")
struct WebhookSecretsTests {
    private let start = Date(timeIntervalSince1970: 1_000_000)

    @Test("What the configuration has signs on after the first rotation, for as long as was said")
    func first() {
        let secrets = WebhookSecrets("one", after: nil, keepingFor: 60, now: start)
        #expect(secrets.inForce(at: start).map(\.secret) == ["one", nil])
        #expect(secrets.lastEnd(at: start) == start + 60)
        #expect(secrets.inForce(at: start + 60).map(\.secret) == ["one"])
        #expect(secrets.lastEnd(at: start + 60) == nil)
    }

    @Test("A second rotation ends nothing before its time, unless it says so")
    func second() {
        let first = WebhookSecrets("one", after: nil, keepingFor: 60, now: start)
        let second = WebhookSecrets("two", after: first, keepingFor: 3_600, now: start + 10)
        #expect(second.all.map(\.secret) == ["two", "one", nil])
        #expect(second.all.map(\.until) == [nil, 1_003_610, 1_000_060])
        let third = WebhookSecrets("three", after: second, keepingFor: 0, now: start + 20)
        #expect(third.all.map(\.secret) == ["three"])
    }

    @Test("There are no more than a receiver can try, and none is shown")
    func bounded() {
        var secrets: WebhookSecrets?
        for number in 0..<10 {
            secrets = WebhookSecrets("s\(number)", after: secrets, keepingFor: 60, now: start)
        }
        #expect(secrets?.all.map(\.secret) == ["s9", "s8", "s7", "s6"])
        #expect(secrets.map { "\($0)" } == "4 secrets")
        #expect(WebhookSecrets.make() != WebhookSecrets.make() && WebhookSecrets.make().hasPrefix("whsec_"))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Labs
import Testing

@testable import Watcher

@Suite("What a poll asks for")
struct LabPollerTests {
    let oldest = Date(timeIntervalSince1970: 1_700_000_000)

    @Test("A lab that was never asked is asked from before its oldest job of ours, by a clock that may differ")
    func first() {
        #expect(LabPoller.since(nil, oldest: oldest, overlap: .seconds(60)) == oldest - 3_600)
    }

    @Test("Each poll overlaps the one before")
    func overlap() {
        let seen = oldest + 10_000
        #expect(LabPoller.since(seen, oldest: oldest, overlap: .seconds(60)) == seen - 60)
    }

    @Test("Nothing is asked for from before the oldest job of ours")
    func longAgo() {
        #expect(LabPoller.since(oldest - 100_000, oldest: oldest, overlap: .seconds(60)) == oldest - 3_600)
    }

    @Test("A lab is left alone for as long as it wants, within bounds, and only when it says so")
    func rest() {
        func rest(_ kind: LabError.Kind) -> Duration? {
            LabPoller.rest(after: LabError(kind, isInDoubt: false, ""))
        }
        #expect(rest(.throttled(retryAfter: .seconds(7))) == .seconds(7))
        #expect(rest(.throttled(retryAfter: .seconds(100_000))) == LabPoller.maximumRest)
        #expect(rest(.throttled(retryAfter: nil)) == nil)
        #expect(rest(.notFound) == nil)
    }
}

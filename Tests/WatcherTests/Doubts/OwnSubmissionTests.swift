// SPDX-License-Identifier: Apache-2.0

import Foundation
import Labs
import Testing

@testable import Watcher

@Suite("What of a lab's jobs with our tag is ours")
struct OwnSubmissionTests {
    private static func job(_ id: Int, by submitter: String = "muster", after seconds: Double = 0) -> LabSubmission {
        LabSubmission(
            [LabJobReference(id: LabJobID(id))],
            submitter: submitter,
            submitTime: Date(timeIntervalSince1970: 1_700_000_000 + seconds)
        )
    }

    private static func ours(_ found: [LabSubmission], known: Set<Int> = []) -> [Int] {
        found.ours(known: Set(known.map { LabJobID($0) }), window: .seconds(600)).flatMap(\.jobs).compactMap(
            \.id.number
        )
    }

    @Test("A job that a person has submitted once more is that person's")
    func otherHand() {
        #expect(Self.ours([Self.job(5), Self.job(6, by: "ann"), Self.job(7)]) == [5, 7])
        // Also when ours is not the first.
        #expect(Self.ours([Self.job(5, by: "ann"), Self.job(6)], known: [6]) == [6])
    }

    @Test("What came after a request could still be carried out was sent by somebody else")
    func later() {
        #expect(Self.ours([Self.job(5), Self.job(6, after: 600), Self.job(7, after: 601)], known: [5]) == [5, 6])
        #expect(Self.ours([Self.job(5), Self.job(6, after: -30)], known: [5]) == [5, 6])
        #expect(Self.ours([]).isEmpty)
    }
}

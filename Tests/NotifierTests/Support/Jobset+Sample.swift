// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import Fleet

extension Jobset {
    /// A jobset that has finished.
    static func finished(_ verdict: Verdict) -> Jobset {
        Jobset(
            id: UUID(),
            build: "/g/p/v",
            state: .finished,
            verdict: verdict,
            generation: 1,
            total: 1,
            pending: 0,
            waiting: 0,
            inLab: 0,
            outcomes: [:],
            tests: TestCounts(),
            labels: [:],
            retries: 0,
            priority: 50,
            isSealed: true,
            failures: 0,
            createdAt: .now,
            finishedAt: .now
        )
    }
}

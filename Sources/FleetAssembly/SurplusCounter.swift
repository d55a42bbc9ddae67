// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Logging
internal import Metrics

/// Tells of lab jobs that a lab has made of an attempt beside its own.
public enum SurplusCounter {
    /// Counts those that were not known before, and says which they are.
    public static func count(_ numbers: [Int], of attempt: UUID, backend: String, logger: Logger) {
        guard !numbers.isEmpty else { return }
        Counter(label: "muster_surplus_lab_jobs_total", dimensions: [("backend", backend)])
            .increment(by: numbers.count)
        logger.warning(
            "the lab has an attempt more than once; the surplus is canceled",
            metadata: [
                "backend": "\(backend)", "attempt": "\(attempt.uuidString.lowercased())", "surplus": "\(numbers)",
            ]
        )
    }
}

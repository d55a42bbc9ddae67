// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Which of the jobs of its environment a job is, in the order of the document, however they are listed.
struct JobPlaces {
    private let places: [Int: Int]

    init(_ jobs: [Job]) {
        var counts: [String: Int] = [:]
        var places: [Int: Int] = [:]
        for job in jobs.sorted(by: { $0.position < $1.position }) {
            counts[job.environment, default: 0] += 1
            places[job.position] = counts[job.environment]
        }
        self.places = places
    }

    /// From 1.
    func place(of job: Job) -> Int { places[job.position] ?? 1 }
}

// SPDX-License-Identifier: Apache-2.0

import FleetStore

/// The environments of a jobset in pieces, each of which the database compares without much memory or time.
enum ReportPieces {
    /// How many test cases a piece has at most, unless one environment alone has more.
    static let tests = 250_000

    /// All environments: the small ones first, so that one that takes too long keeps no other out.
    static func of(_ sizes: [EnvironmentSize], tests limit: Int = tests) -> [[String]] {
        var pieces: [[String]] = []
        var room = 0
        for size in sizes.sorted(by: { ($0.tests, $0.environment) < ($1.tests, $1.environment) }) {
            if size.tests > room || pieces.isEmpty {
                pieces.append([])
                room = limit
            }
            pieces[pieces.count - 1].append(size.environment)
            room -= size.tests
        }
        return pieces
    }
}

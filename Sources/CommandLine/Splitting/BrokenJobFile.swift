// SPDX-License-Identifier: Apache-2.0

/// Where and why a file can't be split into its jobs.
struct BrokenJobFile: Error, Equatable, CustomStringConvertible {
    let place: TextPlace
    let problem: String

    var description: String { "\(place): \(problem)" }
}

// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Foundation

/// Jobs that ended, hour by hour, up to the present one.
struct HourChart: Sendable {
    struct Column: Sendable {
        let x: Int
        /// Those that ran to their end, from the ground up.
        let completeY: Int
        let completeHeight: Int
        /// The others, on top of them.
        let restY: Int
        let restHeight: Int
        let words: String
    }

    /// How many hours it shows.
    static let hours = 24
    /// The size of the drawing.
    private static let (height, step) = (100, 20)

    let columns: [Column]
    /// The same in words.
    let words: String
    let isEmpty: Bool

    init(_ ends: [HourlyEnds], now: Date) {
        let present = (now.timeIntervalSince1970 / 3_600).rounded(.down)
        let most = max(1, ends.map(\.jobs).max() ?? 1)
        let byHour = Dictionary(ends.map { ($0.hour.timeIntervalSince1970 / 3_600, $0) }) { first, _ in first }
        columns = (0..<Self.hours).compactMap { place in
            guard let ended = byHour[present - Double(Self.hours - 1 - place)] else { return nil }
            let whole = max(1, ended.jobs * Self.height / most)
            let complete = min(whole, ended.complete * Self.height / most)
            return Column(
                x: place * Self.step,
                completeY: Self.height - complete,
                completeHeight: complete,
                restY: Self.height - whole,
                restHeight: whole - complete,
                words: "\(PageText.time(ended.hour)): \(PageText.count(ended.jobs, "job")), "
                    + "\(PageText.number(ended.jobs - ended.complete)) not complete"
            )
        }
        let jobs = ends.reduce(0) { $0 + $1.jobs }
        let complete = ends.reduce(0) { $0 + $1.complete }
        words =
            "\(PageText.count(jobs, "job")) ended in \(Self.hours) hours, \(PageText.number(jobs - complete)) not complete"
        isEmpty = jobs == 0
    }
}

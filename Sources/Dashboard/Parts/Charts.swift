// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

/// Parts of a whole, side by side.
struct Bar: Sendable {
    struct Part: Sendable {
        let x: Int
        let width: Int
        let tone: String
    }

    let parts: [Part]
    /// The same in words.
    let words: String
    let isTall: Bool

    /// The whole, in the units of the drawing.
    private static let length = 1_000

    /// A bar of `total` things, of which each part has so many; what is left stays empty. A part that has any is seen.
    init(_ shares: [(count: Int, tone: Tone)], of total: Int, words: String, isTall: Bool = false) {
        self.words = words
        self.isTall = isTall
        var parts: [Part] = []
        var x = 0
        for share in shares where share.count > 0 && total > 0 && x < Self.length {
            let exact = Int(Double(share.count) / Double(total) * Double(Self.length))
            let width = min(Self.length - x, max(exact, 6))
            parts.append(Part(x: x, width: width, tone: share.tone.rawValue))
            x += width
        }
        self.parts = parts
    }
}

/// A part of a jobset's jobs that ended alike, as bars and legends show it: one colour has one meaning on every page.
struct JobShare: Sendable {
    let count: Int
    let tone: Tone
    let what: String

    /// `4 missing`.
    var words: String { "\(PageText.number(count)) \(what)" }
}

extension JobCounts {
    /// The parts of the jobs that have ended; those that have none are left out.
    var shares: [JobShare] {
        [
            JobShare(count: passed, tone: .good, what: "passed"), JobShare(count: failed, tone: .bad, what: "failed"),
            JobShare(count: missing, tone: .warn, what: "missing"),
            JobShare(count: canceled, tone: .mute, what: "canceled"),
        ].filter { $0.count > 0 }
    }
}

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
        /// The same for the table.
        let hour, ended, rest: String
    }

    /// How many hours it shows.
    static let hours = 24
    /// The size of the drawing.
    private static let (height, step) = (100, 20)

    let columns: [Column]
    /// The same in words.
    let words: String
    /// What the upper edge stands for.
    let scale: String
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
                    + "\(PageText.number(ended.jobs - ended.complete)) not complete",
                hour: PageText.time(ended.hour),
                ended: PageText.number(ended.jobs),
                rest: PageText.number(ended.jobs - ended.complete)
            )
        }
        let jobs = ends.reduce(0) { $0 + $1.jobs }
        let complete = ends.reduce(0) { $0 + $1.complete }
        words =
            "\(PageText.count(jobs, "job")) ended in \(Self.hours) hours, \(PageText.number(jobs - complete)) not complete"
        scale = "\(PageText.count(most, "job")) an hour"
        isEmpty = jobs == 0
    }
}

/// What each lab has to do, beside the others.
struct BacklogChart: Sendable {
    struct Row: Sendable {
        let href: String
        let name: String
        let bar: Bar
        let waiting: String
        let inLab: String
    }

    let rows: [Row]
    /// The same in words.
    let words: String
    let isEmpty: Bool

    init(_ backends: [BackendStatus]) {
        let busy = backends.filter { $0.waiting + $0.inLab > 0 }
        let most = busy.map { $0.waiting + $0.inLab }.max() ?? 0
        rows = busy.sorted { $0.waiting + $0.inLab > $1.waiting + $1.inLab }.map { backend in
            let name = PageText.line(backend.name)
            let (waiting, inLab) = (PageText.number(backend.waiting), PageText.number(backend.inLab))
            return Row(
                href: "/backends/\(PageText.path(backend.name))",
                name: name,
                bar: Bar(
                    [(backend.inLab, .run), (backend.waiting, .wait)],
                    of: most,
                    words: "\(name): \(inLab) in the lab, \(waiting) waiting",
                    isTall: true
                ),
                waiting: waiting,
                inLab: inLab
            )
        }
        let (waiting, inLab) = (busy.reduce(0) { $0 + $1.waiting }, busy.reduce(0) { $0 + $1.inLab })
        words = "\(PageText.count(waiting, "job")) waiting, \(PageText.number(inLab)) in labs"
        isEmpty = busy.isEmpty
    }
}

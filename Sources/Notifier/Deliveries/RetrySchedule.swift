// SPDX-License-Identifier: Apache-2.0

import FleetStore

/// How one try of a delivery ended.
enum TryEnding: Sendable, Equatable {
    /// It was taken.
    case taken
    /// The receiver said that it is gone for good: HTTP 410.
    case gone
    /// The receiver will never take it, and said why.
    case refused
    /// It was not taken; `isBusy` after a timeout or HTTP 429.
    case notTaken(isBusy: Bool, retryAfter: Duration?)
    /// It can't be made as the jobset wants it, and never will.
    case unusable
    /// There was nothing to deliver yet, through a fault on our side.
    case unbuilt
    /// It waits for something that is on its way: this was no try.
    case awaited
}

/// One try of a delivery, as it is recorded.
struct TryResult: Sendable, Equatable {
    var ending: TryEnding
    var status: Int?
    var error: String?
    var response: String?
    /// What an operator may know of it, and nobody else: it goes to the log alone.
    var detail: String?
}

/// When a delivery that was not taken is tried again, and when it is given up.
struct RetrySchedule: Sendable {
    /// The pause after each try; a try beyond them is the last.
    let pauses: [Duration]
    /// How much a pause may be lengthened by chance: with 0.2 a pause of 10 s lasts 10 to 12 s.
    let jitter: Double

    /// The longest pause, whatever the receiver asks for.
    static let longest: Duration = .seconds(86_400)
    /// A receiver that is too busy to answer is left alone for so long at least, as Svix does.
    static let busyPause: Duration = .seconds(60)
    /// How often a delivery that waits for something of ours is looked at.
    static let awaitedPause: Duration = .seconds(1)
    /// Where the schedule is empty, how long a delivery of ours that could not be made waits.
    static let lastResort: Duration = .seconds(60)

    /// What follows a try that ended like `ending`.
    ///
    /// - Parameter tries: How many tries there were, this one included.
    func next(after ending: TryEnding, tries: Int, using generator: inout some RandomNumberGenerator) -> DeliveryNext {
        switch ending {
        case .taken:
            return .delivered
        case .gone, .refused, .unusable:
            return .failed
        case .awaited:
            return .retry(after: Self.awaitedPause)
        case .unbuilt:
            // Our own fault never costs a delivery, however long it lasts.
            return .retry(after: jittered(pause(after: tries) ?? pauses.last ?? Self.lastResort, &generator))
        case .notTaken(let isBusy, let retryAfter):
            guard var pause = pause(after: tries) else { return .failed }
            if let retryAfter { pause = min(max(pause, retryAfter), pause * 2) }
            // A schedule that knows only short pauses is meant so.
            if isBusy { pause = max(pause, min(Self.busyPause, pauses.max() ?? .zero)) }
            return .retry(after: jittered(pause, &generator))
        }
    }

    private func pause(after tries: Int) -> Duration? {
        let index = max(0, tries - 1)
        return index < pauses.count ? pauses[index] : nil
    }

    private func jittered(_ pause: Duration, _ generator: inout some RandomNumberGenerator) -> Duration {
        min(pause * (1 + jitter * Double.random(in: 0...1, using: &generator)), Self.longest)
    }
}

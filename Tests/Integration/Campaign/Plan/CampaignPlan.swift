// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// All that a campaign will do and when, drawn from a seed before anything starts: the same seed and time give the same
/// plan. What the fleet makes of it is another matter.
struct CampaignPlan: Sendable, CustomStringConvertible {
    let seed: UInt64
    let seconds: Int
    let jobsets: [PlannedJobset]
    /// By time.
    let faults: [PlannedFault]

    static let labs = ["lab-a", "lab-b"]

    /// How long a request is held at most that its client has given up, in milliseconds.
    static let longestHold = 8_000

    /// A plan made by hand.
    init(seconds: Int, jobsets: [PlannedJobset], faults: [PlannedFault]) {
        seed = 0
        self.seconds = seconds
        self.jobsets = jobsets
        self.faults = faults
    }

    init(seed: UInt64, seconds: Int) {
        self.seed = seed
        self.seconds = seconds
        // Apart, so that another way of drawing the one leaves the other as it was.
        var random = SplitMix64(seed: seed)
        var jobsets = JobsetDrawing(random: SplitMix64(seed: random.next()))
        self.jobsets = jobsets.draw(until: seconds * 1_000)
        var faults = FaultDrawing(random: SplitMix64(seed: random.next()), end: seconds * 1_000)
        self.faults = faults.draw()
    }

    /// Whether anything is carried out late by order, which may then be sent again meanwhile.
    var holdsRequests: Bool {
        faults.contains { fault in
            switch fault.fault {
            case .starve: true
            case .order(_, let order): order.contains("hold") || order.contains("slow")
            default: false
            }
        }
    }

    var description: String {
        let lines =
            jobsets.map { ($0.at, "publish \($0)") } + faults.map { ($0.at, "\($0.lane.rawValue): \($0.fault)") }
        return "campaign of \(seconds) s, seed \(seed)\n"
            + lines.sorted { $0.0 < $1.0 }.map { at, words in
                let time = "\(at / 1_000).\(String("\(1_000 + at % 1_000)".dropFirst()))"
                return "  \(String(repeating: " ", count: max(0, 8 - time.count)))\(time) s  \(words)"
            }.joined(separator: "\n")
    }
}

// SPDX-License-Identifier: Apache-2.0

import CommandLine
import Fleet
import FleetRuntime
import FleetStore
import Foundation

/// Whether what is not to be kept any longer goes.
struct RetentionChecks: Sendable {
    let access: FleetAccess

    /// How long something may be due before it counts as late: watchers remove in small steps.
    static let grace: TimeInterval = 2 * 86_400
    /// How long each of the five questions to the database may take.
    static let limit = Duration.seconds(2)
    /// The most projects and parts that are listed.
    static let mostListed = 5

    /// Nothing if the database can't be asked, which another check tells.
    func run() async -> [Finding] {
        let rules = access.configuration.retentionRules
        guard !rules.removesNothing else { return [.ok("retention", "everything is kept")] }
        do {
            let expired = try await access.withStore { try await $0.expired(rules, within: Self.limit) }
            return Self.findings(expired, rules, now: Date())
        } catch let failure as QuestionFailure {
            return [.warning("retention", "what is due can't be counted: \(failure)")]
        } catch {
            return []
        }
    }

    static func findings(_ expired: [ExpiredJobsets], _ rules: RetentionRules, now: Date) -> [Finding] {
        let late = expired.compactMap { expired -> (expired: ExpiredJobsets, by: TimeInterval)? in
            guard let days = rules.days(expired.part, of: expired.project) else { return nil }
            let late = now.timeIntervalSince(expired.oldestFinishedAt) - Double(days) * 86_400
            return late > grace ? (expired, late) : nil
        }.sorted { $0.by > $1.by }
        guard !late.isEmpty else { return [.ok("retention", "nothing is kept longer than configured")] }
        return late.prefix(mostListed).map { expired, by in
            let jobsets = expired.jobsets == 1 ? "jobset" : "jobsets"
            return .warning(
                "retention",
                "\(expired.project): \(expired.part.rawValue) of \(expired.jobsets) \(jobsets) should have been removed, "
                    + "the first \(Int(by / 86_400)) days ago",
                advice: "see that a watcher runs with these retention keys; `muster prune` removes them at once"
            )
        }
    }
}

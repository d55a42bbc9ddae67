// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetObjects
import Foundation

extension CommandFailure {
    /// There is no jobset of this id.
    static func noJobset(_ id: UUID) -> CommandFailure {
        CommandFailure(
            .usage,
            "there is no jobset \(id.text)",
            "  `muster ls` lists them; a document that was refused is in `muster rejected`"
        )
    }

    /// There is no delivery of this id.
    static func noDelivery(_ id: UUID) -> CommandFailure {
        CommandFailure(
            .usage,
            "there is no delivery \(id.text)",
            "  `muster deliveries <jobset>` lists those of a jobset"
        )
    }

    /// The jobset has no job at this place.
    static func noJob(_ position: Int, of id: UUID, total: Int) -> CommandFailure {
        CommandFailure(
            .usage,
            "the jobset has no job \(position)",
            total == 0 ? "  it has no jobs" : "  its jobs are 0 to \(total - 1): `muster jobs \(id.text)` lists them"
        )
    }

    /// A person stopped the wait.
    static func stoppedWaiting(for id: UUID) -> CommandFailure {
        CommandFailure(
            .interrupted,
            "interrupted; the jobset goes on",
            "  `muster wait \(id.text)` waits for it again"
        )
    }

    /// There is no report: why, in what words.
    static func noReport(of jobset: JobsetObject, _ generation: Int?) -> CommandFailure {
        if let generation, generation > jobset.generation {
            return CommandFailure(
                .usage,
                "the jobset has no generation \(generation)",
                "  it has \(jobset.generation == 1 ? "one" : "\(jobset.generation)"): each retry makes one more"
            )
        }
        guard jobset.state == .running, generation ?? jobset.generation == jobset.generation else {
            return CommandFailure(
                .incomplete,
                "the jobset has finished and its report is not written yet",
                "  muster-notifier writes it: `muster deliveries \(jobset.id)` shows what keeps it"
            )
        }
        return CommandFailure(
            .incomplete,
            "the jobset is still running: \(VerdictLine.jobs(jobset))",
            "  `muster wait \(jobset.id)` waits for its end"
        )
    }

    /// The report is not archived in this format.
    static func noReport(as format: ReportFormat) -> CommandFailure {
        CommandFailure(
            .incomplete,
            "the report was made by an earlier version, which did not write \(format.name)",
            "  `--format text` and `--format json` are there"
        )
    }

    /// There is a token of this name.
    static func tokenNameTaken(_ name: String) -> CommandFailure {
        CommandFailure(
            .usage,
            "there is a token called \(name) already",
            "  `muster token revoke \(name)` takes that one back"
        )
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Fleet
import FleetRuntime
import Foundation
import JobFiles

/// Why a command ends with another status than 0, in words for the person at the keyboard.
package struct CommandFailure: Error, Equatable {
    /// What the shell is told.
    package let status: ExitStatus
    /// Lines for standard error; empty when everything has been said.
    package let lines: [String]

    /// A failure told in `lines`.
    package init(_ status: ExitStatus, _ lines: String...) {
        self.init(status, lines: lines)
    }

    /// A failure told in `lines`.
    package init(_ status: ExitStatus, lines: [String]) {
        self.status = status
        self.lines = lines
    }

    /// Says it on standard error.
    package func show() {
        for (number, line) in lines.enumerated() {
            StandardStream.error.line((number == 0 ? "muster: " : "") + HarmlessText.block(line))
        }
    }
}

/// What the shell is told.
package enum ExitStatus: Int32, Sendable {
    /// It is done; of a jobset waited for: it passed.
    case success = 0
    /// The jobset failed, whatever else is missing of it.
    case failed = 1
    /// The command can't be carried out as given.
    case usage = 2
    /// Nothing of the jobset failed, but something is missing; or what was asked for is not there yet.
    case incomplete = 3
    /// What the command needs could not be reached, or not in time.
    case unreachable = 4
    /// The jobset was canceled.
    case canceled = 5
    /// A person stopped it (128 + SIGINT, as shells count).
    case interrupted = 130

    /// What a jobset's verdict comes to.
    package init(_ verdict: Verdict) {
        self =
            switch verdict {
            case .passed: .success
            case .failed: .failed
            case .incomplete: .incomplete
            case .canceled: .canceled
            }
    }
}

extension CommandFailure {
    /// Says what an error means here and what to do about it. None of these errors holds a password or a token.
    ///
    /// - Parameter direct: Knows the errors of the fleet's own servers.
    package init(explaining error: any Error, direct: (any DirectWay)? = MusterProgram.direct) {
        if let failure = direct?.failure(explaining: error) {
            self = failure
            return
        }
        switch error {
        case let failure as CommandFailure:
            self = failure
        case let faults as ConfigurationFaults:
            self.init(.usage, lines: ["the configuration can't be used:"] + faults.faults.map { "  \($0)" })
        case let absence as FleetAbsence:
            self.init(.unreachable, "\(absence)", absence.advice)
        case let error as JobFileError:
            self.init(.usage, lines: error.lines)
        case let refusal as FleetRefusal:
            self.init(refusal)
        case let refusal as ServerRefusal:
            self.init(.usage, lines: refusal.lines)
        case is CancellationError:
            self.init(.interrupted, "interrupted")
        default:
            self.init(.unreachable, "\(error)")
        }
    }
}

extension CommandFailure {
    /// The fleet does not do what was asked, whichever way it was asked: why, and what to do about it.
    init(_ refusal: FleetRefusal) {
        let advice = Self.advice(refusal).map { ["  \(HarmlessText.line($0))"] } ?? []
        self.init(Self.status(refusal), lines: [HarmlessText.line(refusal.description)] + advice)
    }

    private static func status(_ refusal: FleetRefusal) -> ExitStatus {
        switch refusal {
        case .noReportYet, .noReportFormat: .incomplete
        case .reportPending, .jobsOnTheWay: .unreachable
        default: .usage
        }
    }

    private static func advice(_ refusal: FleetRefusal) -> String? {
        switch refusal {
        case .noSuchJobset: "`muster ls` lists them; a document that was refused is in `muster rejected`"
        case .noSuchJob(_, _, total: ...0): "it has no jobs"
        case .noSuchJob(let jobset, _, let total): "its jobs are 0 to \(total - 1): `muster jobs \(jobset)` lists them"
        case .noSuchDelivery: "`muster deliveries <jobset>` lists those of a jobset"
        case .noSuchToken: "`muster token list` lists them"
        case .noSuchDocument: "`muster rejected` lists them"
        case .noSuchKnownIssue: "`muster known-issue list <group/project>` lists them"
        case .noSuchWebhook: "`muster webhook list <group/project>` lists them"
        case .tooManyWebhooks: "`muster webhook remove` removes one that is not needed any more"
        case .tooManyKnownIssues: "`muster known-issue remove` removes one that is not needed any more"
        case .stillRunning(let jobset, _): "`muster wait \(jobset)` waits for its end"
        case .reportPending(let jobset):
            "muster-notifier writes it, after that the jobset can be retried: `muster deliveries \(jobset)` shows its status"
        case .noSuchGeneration(_, let latest):
            "it has \(latest == 1 ? "one" : "\(latest)"): each retry makes one more"
        case .noReportYet(let jobset, .some): "`muster wait \(jobset)` waits for its end"
        case .noReportYet(let jobset, nil):
            "muster-notifier writes it: `muster deliveries \(jobset)` shows its status"
        case .noReportFormat: "`--format text` and `--format json` are there"
        case .tokenNameTaken(let name): "`muster token revoke \(name)` revokes that one"
        case .noSuchBackend, .alreadyFinished, .jobAlreadyFinished, .nothingFailed, .watched, .jobsOnTheWay,
            .conflict, .notAdded, .noLongerKept, .notExternal, .resultDiffers, .attemptEnded, .noSuchAttempt,
            .tokenCanMore, .webhookConfigured:
            nil
        }
    }
}

extension CommandFailure {
    /// A person stopped the wait.
    static func stoppedWaiting(for id: UUID) -> CommandFailure {
        CommandFailure(
            .interrupted,
            "interrupted; the jobset continues",
            "  `muster wait \(id.text)` waits for it again"
        )
    }
}

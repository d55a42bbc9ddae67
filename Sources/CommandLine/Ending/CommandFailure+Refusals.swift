// SPDX-License-Identifier: Apache-2.0

import Fleet

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

// SPDX-License-Identifier: Apache-2.0

/// Why the fleet does not do what a person or a program asks of it.
///
/// Each case is a type of problem with the members that its values have, and back: ``Problem`` has both directions. So a
/// client that asks over HTTP gets the very value that somebody gets who works on the database.
package enum FleetRefusal: Error, Sendable, Hashable, Codable {
    /// There is no such jobset, or the caller may not know of it.
    case noSuchJobset(id: String)
    /// The jobset has no job at this place of its document.
    case noSuchJob(jobset: String, position: Int, total: Int)
    /// There is no such delivery, or the caller may not know of it.
    case noSuchDelivery(id: String)
    /// There is no lab of this name.
    case noSuchBackend(name: String, known: [String])
    /// There is no good token of this name or id.
    case noSuchToken(name: String)
    /// No refused document has this number.
    case noSuchDocument(number: Int)
    /// The project has stored no known issue of this number.
    case noSuchKnownIssue(number: Int)
    /// The project has as many known issues as can be stored.
    case tooManyKnownIssues(maximum: Int)
    /// The project has no webhook of this name.
    case noSuchWebhook(name: String)
    /// The project has as many webhooks as can be added.
    case tooManyWebhooks(maximum: Int)
    /// The webhook comes from the configuration.
    case webhookConfigured(name: String)
    /// The jobset has ended.
    case alreadyFinished(verdict: Verdict)
    /// The job has ended.
    case jobAlreadyFinished(position: Int, outcome: JobOutcome)
    /// The jobset has not ended; `pending` of its jobs have not.
    case stillRunning(jobset: String, pending: Int)
    /// No job keeps the jobset from passing.
    case nothingFailed
    /// The job was only watched: there is no definition to send out.
    case watched(position: Int)
    /// The report of the generation that has just ended, or the body of a callback, is not made yet. That is a matter of
    /// seconds while a notifier runs.
    case reportPending(jobset: String)
    /// The jobset can't be sealed yet: clients of SQUAD have numbers of jobs that are not in it, and may count on them.
    case jobsOnTheWay(count: Int)
    /// The jobset has not been retried so often.
    case noSuchGeneration(generation: Int, latest: Int)
    /// There is no report: `pending` jobs have not ended; without a number, all have, and the report is not written.
    case noReportYet(jobset: String, pending: Int?)
    /// The report was made by a version that did not write this format.
    case noReportFormat(format: ReportFormat)
    /// This part of the jobset is not kept any longer.
    case noLongerKept(jobset: String, part: Retention.Part)
    /// The job is run by its lab, which tells its result itself.
    case notExternal(backend: String)
    /// Another result of this attempt was reported before.
    case resultDiffers(attempt: Int)
    /// The attempt of a reported result has ended, and the job is in another.
    case attemptEnded(attempt: Int, present: Int)
    /// The job has not come to the attempt of a reported result.
    case noSuchAttempt(attempt: Int, present: Int)
    /// The id is that of a jobset with another content; of an addition, where it is one to this jobset.
    case conflict(id: String, jobset: String?)
    /// The jobset takes no such addition.
    case notAdded(jobset: String, reason: String)
    /// Another good token has this name.
    case tokenNameTaken(name: String)
    /// The token that is to be revoked allows something that the caller's does not.
    case tokenCanMore(ability: Ability)

    /// The end of each case's problem type.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case noSuchJobset = "no-such-jobset"
        case noSuchJob = "no-such-job"
        case noSuchDelivery = "no-such-delivery"
        case noSuchBackend = "no-such-backend"
        case noSuchToken = "no-such-token"
        case noSuchDocument = "no-such-document"
        case noSuchKnownIssue = "no-such-known-issue"
        case tooManyKnownIssues = "too-many-known-issues"
        case noSuchWebhook = "no-such-webhook"
        case tooManyWebhooks = "too-many-webhooks"
        case webhookConfigured = "webhook-configured"
        case alreadyFinished = "already-finished"
        case jobAlreadyFinished = "job-already-finished"
        case stillRunning = "still-running"
        case nothingFailed = "nothing-failed"
        case watched
        case reportPending = "report-pending"
        case jobsOnTheWay = "jobs-on-the-way"
        case noSuchGeneration = "no-such-generation"
        case noReportYet = "no-report-yet"
        case noReportFormat = "no-report-format"
        case noLongerKept = "no-longer-kept"
        case notExternal = "not-external"
        case resultDiffers = "result-differs"
        case attemptEnded = "attempt-ended"
        case noSuchAttempt = "no-such-attempt"
        case conflict
        case notAdded = "not-added"
        case tokenNameTaken = "token-name-taken"
        case tokenCanMore = "token-can-more"
    }
}

extension FleetRefusal: CustomStringConvertible {
    /// The reason as a clause.
    package var description: String {
        switch self {
        case .noSuchJobset(let id): "there is no jobset \(id)"
        case .noSuchJob(_, let position, _): "the jobset has no job \(position)"
        case .noSuchDelivery(let id): "there is no delivery \(id)"
        case .noSuchBackend(let name, let known):
            "there is no backend \(name); known: \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        case .noSuchToken(let name): "there is no valid token named \(name)"
        case .noSuchDocument(let number): "there is no refused document \(number)"
        case .noSuchKnownIssue(let number): "the project has no known issue \(number)"
        case .tooManyKnownIssues(let maximum):
            "the project has \(maximum) known issues already, as many as can be stored"
        case .noSuchWebhook(let name): "the project has no webhook \(name)"
        case .tooManyWebhooks(let maximum): "the project has \(maximum) webhooks already, as many as can be added"
        case .webhookConfigured(let name): "the webhook \(name) comes from the configuration, where it can be changed"
        case .alreadyFinished(let verdict): "the jobset has finished already, as \(verdict.rawValue)"
        case .jobAlreadyFinished(let position, let outcome):
            "job \(position) has ended already, as \(outcome.rawValue)"
        case .stillRunning(_, let pending): "the jobset has not finished: \(Self.unended(pending))"
        case .nothingFailed: "nothing in the jobset has failed"
        case .watched(let position): "job \(position) was only watched: its definition is not known"
        case .reportPending: "the report of what has just ended is not made yet; try again in a moment"
        case .jobsOnTheWay(let count): "\(count) of its jobs are on their way into it; try again in a moment"
        case .noSuchGeneration(let generation, _): "the jobset has no generation \(generation)"
        case .noReportYet(_, let pending?): "the jobset is still running: \(Self.unended(pending))"
        case .noReportYet(_, nil): "the jobset has finished and its report is not written yet"
        case .noReportFormat(let format):
            "the report was made by an earlier version, which did not write \(format.name)"
        case .noLongerKept(_, let part): "the \(part.rawValue) of this jobset are no longer kept"
        case .notExternal(let backend): "the job is run by \(backend), which reports its result itself"
        case .resultDiffers(let attempt): "another result of attempt \(attempt) has been reported already"
        case .attemptEnded(let attempt, let present):
            "attempt \(attempt) has ended, and the job is in attempt \(present)"
        case .noSuchAttempt(let attempt, let present):
            "there is no attempt \(attempt) yet, and the job is in attempt \(present)"
        case .conflict(let id, nil): "a jobset with id \(id) exists and has another content"
        case .conflict(let id, let jobset?):
            "an addition with id \(id) to jobset \(jobset) exists and has another content"
        case .notAdded(let jobset, let reason): "nothing was added to jobset \(jobset): \(reason)"
        case .tokenNameTaken(let name): "there is already a token named \(name)"
        case .tokenCanMore(let ability):
            "that token has the ability \(ability.rawValue), which yours lacks, so yours can't revoke it"
        }
    }

    private static func unended(_ pending: Int) -> String {
        pending == 1 ? "1 job of it has not ended" : "\(pending) jobs of it have not ended"
    }

    /// Where in what was sent the reason is, where it is in one place.
    var faults: [Fault] {
        switch self {
        case .conflict(let id, let jobset):
            let what = jobset == nil ? "a jobset" : "an addition"
            return [Fault(pointer: "message-id", value: id, reason: "is the id of \(what) with another content")]
        case .notAdded(let jobset, let reason): return [Fault(pointer: "/jobset", value: jobset, reason: reason)]
        default: return []
        }
    }

    /// The HTTP status of each case, and what all problems of its type are called.
    var heading: (status: Int, title: String) {
        switch self {
        case .noSuchJobset: (404, "There is no such jobset")
        case .noSuchJob: (404, "There is no such job")
        case .noSuchDelivery: (404, "There is no such delivery")
        case .noSuchBackend: (404, "There is no such lab")
        case .noSuchToken: (404, "There is no such token")
        case .noSuchDocument: (404, "There is no such document")
        case .noSuchKnownIssue: (404, "There is no such known issue")
        case .tooManyKnownIssues: (409, "There are too many known issues")
        case .noSuchWebhook: (404, "There is no such webhook")
        case .tooManyWebhooks: (409, "There are too many webhooks")
        case .webhookConfigured: (409, "The webhook is configured")
        case .alreadyFinished: (409, "The jobset has finished")
        case .jobAlreadyFinished: (409, "The job has ended")
        case .stillRunning: (409, "The jobset has not finished")
        case .nothingFailed: (409, "Nothing has failed")
        case .watched: (409, "The job was only watched")
        case .reportPending: (409, "The report is not made yet")
        case .jobsOnTheWay: (503, "Jobs are on their way")
        case .noSuchGeneration: (404, "There is no such generation")
        case .noReportYet: (404, "There is no report yet")
        case .noReportFormat: (404, "There is no report in this format")
        case .noLongerKept: (410, "It is no longer kept")
        case .notExternal: (409, "The job is run by its lab")
        case .resultDiffers: (409, "Another result has been reported")
        case .attemptEnded: (409, "The attempt has ended")
        case .noSuchAttempt: (409, "There is no such attempt")
        case .conflict: (409, "The id is taken")
        case .notAdded: (409, "The jobs can't be added")
        case .tokenNameTaken: (409, "The name is taken")
        case .tokenCanMore: (403, "The token does not allow this")
        }
    }
}

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

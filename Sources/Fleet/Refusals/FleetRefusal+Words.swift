// SPDX-License-Identifier: Apache-2.0

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

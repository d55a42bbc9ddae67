// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

/// The fleet as commands work on it, whichever way they reach it: ``DirectFleet`` over its broker and its database,
/// ``ServedFleet`` over the API of its gateway. What is there is told in the objects that `--output json` prints.
///
/// All of them throw `FleetRefusal` for what the fleet does not do, and ``FleetAbsence`` when what is needed for it can't be
/// reached.
package protocol FleetConnection: Sendable {
    // MARK: What is there

    /// The address of a jobset's page; nil if it is not known where the dashboard is.
    func page(of jobset: UUID) -> String?
    /// A jobset as it stands.
    func jobset(_ id: UUID) async throws -> Jobset
    /// Jobsets, latest first.
    func jobsets(_ filter: JobsetFilter) async throws -> [Jobset]
    /// Up to `limit` jobs of a jobset from a place in its document on, and how many the jobset has.
    func jobs(of id: UUID, _ filter: JobFilter, from: Int, limit: Int) async throws -> (jobs: [Job], total: Int)
    /// One job with all its attempts.
    func job(_ position: Int, of id: UUID) async throws -> Job
    /// What the test cases of a jobset said.
    func results(of id: UUID, _ filter: ResultFilter) async throws -> [TestResult]
    /// A finished jobset's report: of this generation, or of the latest that has one.
    func report(of id: UUID, generation: Int?, as format: ReportFormat) async throws -> String
    /// How a finished jobset compares with another of its project, as JSON; of one environment, if it is named.
    func comparison(of id: UUID, with baseline: UUID, environment: String?) async throws -> String
    /// Who is told of a jobset, and how far that is.
    func deliveries(of id: UUID) async throws -> [Delivery]
    /// The latest tries of a delivery.
    func tries(of delivery: UUID) async throws -> [DeliveryTry]

    // MARK: Changes of jobsets

    /// Seals a jobset.
    func seal(_ id: UUID) async throws -> SealedJobset
    /// Cancels a jobset, or these jobs of it.
    func cancel(_ id: UUID, jobs: Set<Int>, reason: String?) async throws -> CanceledJobset
    /// Sends jobs of a finished jobset out again.
    func retry(_ id: UUID, _ selection: RetrySelection) async throws -> RetriedJobset
    /// Changes limits of a jobset; says also whether this has canceled the rest of it.
    func change(_ id: UUID, _ change: JobsetChange) async throws -> ChangedJobset
    /// Reports the result of a job that somebody else has run, as the API takes it.
    func reportResult(_ body: [UInt8], ofJob id: Int) async throws -> Receipt
    /// Makes a delivery again.
    func redeliver(_ delivery: UUID) async throws -> [RepeatedDelivery]
    /// Makes those deliveries of a jobset again that were given up.
    func redeliverFailed(of id: UUID) async throws -> [RepeatedDelivery]

    /// Does something to many jobsets, or shows what that would be: at most as many as one request may.
    func bulk(_ request: BulkRequest, isPreview: Bool, reason: String?) async throws -> BulkOutcome

    // MARK: Submitting and waiting

    /// What documents are held to.
    func documentRules() async throws -> DocumentRules
    /// Whether an id of the sender's own is a key, from which the jobset's id follows, and not that id itself.
    var hasKeyedJobsets: Bool { get }
    /// The messages by which jobs have come into a jobset, and how many jobs it has; nil while it is not there.
    func arrivals(in id: UUID) async throws -> (messages: Set<UUID>, total: Int?)
    /// Lends a way to ingest.
    func withPost<Result: Sendable>(_ body: (any DocumentPost) async throws -> Result) async throws -> Result
    /// Lends eyes on a jobset.
    func withWatch<Result: Sendable>(
        of id: UUID,
        _ body: (any JobsetWatch) async throws -> Result
    ) async throws -> Result

    // MARK: The fleet itself

    func backends() async throws -> [Backend]
    /// Has nothing submitted to a lab; answers how it stands then.
    func pause(_ backend: String, reason: String?) async throws -> Backend
    /// Lets jobs go to a lab again; answers how it stands then.
    func resume(_ backend: String) async throws -> Backend
    /// The latest documents that were refused.
    func rejected(limit: Int) async throws -> [RejectedDocument]
    /// One of them.
    func rejected(number: Int) async throws -> RejectedDocument
    /// What was kept of its body.
    func rejectedBody(number: Int) async throws -> [UInt8]
    /// The oldest messages that were put aside.
    func deadLetters(limit: Int) async throws -> DeadLetterList
    /// Has some of them handled again.
    func requeue(_ selection: DeadLetterSelection) async throws -> HandledDeadLetters
    /// Removes some of them for good.
    func drop(_ selection: DeadLetterSelection) async throws -> HandledDeadLetters
    /// What a test said in the latest jobsets of a project.
    func testHistory(of project: ProjectName, _ wanted: WantedHistory) async throws -> TestHistory
    /// The known issues of a project.
    func knownIssues(of project: ProjectName) async throws -> [KnownIssue]
    /// Adds a known issue to a project.
    func addKnownIssue(_ wish: KnownIssueWish, to project: ProjectName) async throws -> KnownIssue
    /// Removes a known issue of a project.
    func removeKnownIssue(_ id: Int, of project: ProjectName) async throws -> KnownIssue
    /// The webhooks of a project.
    func webhooks(of project: ProjectName) async throws -> [Webhook]
    /// Adds a webhook to a project, or changes one that was added.
    func setWebhook(_ wish: WebhookWish, of project: ProjectName) async throws -> Webhook
    /// Removes a webhook of a project.
    func removeWebhook(_ name: String, of project: ProjectName) async throws -> Webhook
    /// Has a webhook called or not.
    func enableWebhook(_ name: String, of project: ProjectName, _ isEnabled: Bool) async throws -> Webhook
    /// Gives a webhook a secret of its own.
    func rotateSecret(ofWebhook name: String, of project: ProjectName, keepingFor seconds: Int) async throws
        -> RotatedSecret
    /// Makes those deliveries of the last week again that a webhook has not taken.
    func redeliverFailed(toWebhook name: String, of project: ProjectName) async throws -> [RepeatedDelivery]
    /// Hands on a jobset's archive piece by piece.
    func export(_ id: UUID, to sink: @escaping @Sendable ([UInt8]) throws(CommandFailure) -> Void) async throws
    /// The tokens: those that people have made, or the good ones of identities.
    func tokens(ofIdentities: Bool) async throws -> [Token]
    /// Makes a token, which is in the answer this once.
    func createToken(_ wish: TokenWish) async throws -> Token
    /// Takes a token back, with what it made.
    func revokeToken(_ name: String) async throws -> RevokedTokens
    /// Who asked for which change over HTTP, the latest first.
    func audit(_ filter: AuditFilter, limit: Int) async throws -> [AuditedChange]
    /// Checks all that commands need of it.
    func examine() async throws -> [Finding]
}

/// What a command needs of the fleet can't be worked with.
package struct FleetAbsence: Error, CustomStringConvertible {
    /// Who is away: `the broker`.
    package let who: String
    package let reason: String
    /// What to do about it.
    package let advice: String
    /// Whether it may be there again without anybody doing something here.
    package var mayPass: Bool

    package init(who: String, reason: String, advice: String, mayPass: Bool = true) {
        self.who = who
        self.reason = reason
        self.advice = advice
        self.mayPass = mayPass
    }

    package var description: String { "\(who) can't be used: \(reason)" }
}

/// A way to ingest, on which documents go one after the other and their answers come back.
package protocol DocumentPost {
    /// Sends a document and waits for its answer.
    ///
    /// - Throws: ``FleetAbsence`` when it is not certain that it was taken; to send it again does no harm.
    func send(_ document: OutgoingDocument, timeout: Seconds) async throws -> PostOutcome
}

/// What goes to ingest.
package enum OutgoingDocument: Sendable {
    /// A jobset; without an id, its content makes one.
    case jobset([UInt8], id: UUID?)
    /// Jobs, with commas between them, for an open jobset.
    case jobs([UInt8], of: UUID, id: UUID)
    /// How many jobs an open jobset is to have.
    case total(Int, of: UUID, id: UUID)
}

/// What became of it.
package enum PostOutcome: Sendable, Equatable {
    /// Ingest has answered.
    case answered(JobsetAnswer)
    /// It has not, in time: the document is safe in its queue.
    case unanswered(IngestSilence)
}

/// Ingest has not answered, in words.
package struct IngestSilence: Sendable, Equatable {
    /// Within which time.
    package let limit: String
    /// Why that may be.
    package let cause: String
    /// The id that the jobset will have, where that is known.
    package var jobset: UUID?

    package init(limit: String, cause: String, jobset: UUID? = nil) {
        self.limit = limit
        self.cause = cause
        self.jobset = jobset
    }
}

/// Eyes on a jobset that somebody waits for.
package protocol JobsetWatch: Sendable {
    /// The jobset as it stands after this long, or at its end if that comes first.
    ///
    /// - Throws: ``FleetAbsence`` when it can't be seen at present.
    func look(within pause: Duration) async throws -> Jobset
    /// Up to `limit` jobs of the jobset, from a position on.
    ///
    /// - Throws: ``FleetAbsence`` when they can't be seen at present.
    func jobs(_ filter: JobFilter, from: Int, limit: Int) async throws -> [Job]
}

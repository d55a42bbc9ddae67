// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Foundation
import Reports

/// Makes one try of one delivery: builds what is to be delivered and delivers it.
struct DeliveryMaker: Sendable {
    let store: FleetStore
    let loader: ReportLoader
    let sender: CallbackSender
    let signers: WebhookSigners
    let webhooks: ProjectWebhooks
    /// The largest body that a template may make.
    let maximumBodyBytes: Int
    /// How long a callback whose template names what only the report knows waits for it.
    let reportWait: Duration
    let pusher: SQUADPusher
    let mailer: ReportMailer
    let submitter: KCIDBSubmitter

    /// The longest reason that is recorded, in Unicode scalars.
    private static let longestReason = 1_000
    /// After how many tries that came to nothing a report is made without what reads every test case.
    private static let wholeTries = 3
    /// The most jobs that a body of ours lists: more never fit into it.
    private static let listedJobs = 200

    /// The report is not made yet, and the callback can still wait for it.
    private struct ReportAwaited: Error {}

    /// The jobset names a secret that this notifier has not: the delivery waits until it is configured again.
    struct UnknownSecret: Error, CustomStringConvertible {
        let name: String
        var description: String { "there is no secret callback.secrets.\(name) to sign it with" }
    }

    /// One try; whatever goes wrong is part of the result.
    func attempt(_ delivery: DueDelivery) async -> TryResult {
        do {
            switch delivery.kind {
            case .report:
                // Writing a large one down takes seconds of computing, which would keep callbacks from Swift's few threads.
                try await withTaskExecutorPreference(HeavyWork.shared) { try await archive(delivery) }
                return TryResult(ending: .taken)
            case .callback, .webhook:
                return try await call(delivery)
            case .squad:
                return try await pusher.push(delivery)
            case .kcidb:
                return try await submitter.submit(delivery)
            case .mail, .warning, .digest:
                return try await mailer.send(delivery)
            }
        } catch is ReportAwaited {
            return TryResult(ending: .awaited, error: "the report that its template asks for is not made yet")
        } catch let outdated as ReportOutdated {
            return TryResult(ending: .refused, error: outdated.description)
        } catch let refusal as ProjectWebhooks.Refusal {
            return TryResult(ending: .refused, error: refusal.description)
        } catch let missing as WebhookURL.MissingLabel {
            return TryResult(ending: .refused, error: missing.description)
        } catch let fault as BodyTemplate.Fault {
            // The same report gives the same again: the jobset's own template is at fault.
            return TryResult(ending: .unusable, error: "the callback's template \(fault)")
        } catch {
            let reason = HarmlessText.line("\(error)", limit: Self.longestReason)
            return TryResult(ending: .unbuilt, error: reason)
        }
    }

    /// The report is made once. What follows from it is ordered as often as it takes, and made of the archive.
    private func archive(_ delivery: DueDelivery) async throws {
        let (jobset, generation) = (delivery.jobsetID, delivery.generation)
        if try await !store.hasReport(of: jobset, generation: generation) {
            let isBrief = delivery.tries - delivery.earlierTries >= Self.wholeTries
            let report = try await loader.report(of: jobset, generation, isBrief: isBrief)
            try await store.storeReport(
                try await written(report, isBrief: isBrief),
                of: jobset,
                generation: generation,
                baseline: report.baselineJobset
            )
        }
        guard let build = try await store.build(of: jobset) else {
            throw ReportLoader.NotReportable(description: "the jobset is not there")
        }
        try await pusher.order(for: jobset, generation, build)
        try await submitter.order(for: jobset, generation, build)
        try await mailer.order(for: jobset, generation, build)
    }

    /// The report in every format that its project has. JUnit and KCIDB have all test cases, which only the store holds,
    /// unless it is brief.
    private func written(_ report: FinishedJobsetReport, isBrief: Bool) async throws -> ArchivedReport {
        let kcidb = submitter.settings(of: report.jobset.build)
        var forms: [ReportFormat: String] = [:]
        for format in ReportFormat.allCases {
            switch (format, kcidb) {
            case (.junit, _) where !isBrief: forms[format] = try await loader.junit(report)
            case (.kcidb, let kcidb?) where !isBrief: forms[format] = try await loader.kcidb(report, kcidb)
            default: forms[format] = try format.write(report, kcidb: kcidb)
            }
        }
        return ArchivedReport(forms)
    }

    private func call(_ delivery: DueDelivery) async throws -> TryResult {
        guard let callback = try await request(of: delivery) else {
            throw ReportLoader.NotReportable(description: "the jobset has no callback")
        }
        // The body first: it tells of rows as they are now, while a secret may be away for long.
        let kept = try await body(of: delivery, callback)
        let body = Array(webhooks.revealed(kept, callback, of: delivery).utf8)
        guard let signer = try signers.signer(named: callback.secret, own: delivery.webhook?.secrets) else {
            throw UnknownSecret(name: callback.secret ?? "")
        }
        let headers = try CallbackHeaders.make(
            own: callback.allHeaders,
            contentType: callback.bodyContentType?.rawValue,
            id: Self.webhookID(of: delivery),
            timestamp: Int(Date().timeIntervalSince1970),
            body: body,
            signer: signer
        )
        do {
            return Self.result(
                of: try await sender.send(
                    callback.effectiveMethod,
                    body,
                    to: callback.url,
                    headers: headers,
                    turn: delivery.tries
                ),
                to: callback.builtIn
            )
        } catch {
            // What it may not reach now it may not reach tomorrow.
            let ending: TryEnding =
                error.isRefusal ? .refused : .notTaken(isBusy: error.isTimeout, retryAfter: nil)
            return TryResult(ending: ending, error: error.description, detail: error.detail)
        }
    }

    /// How it is called. Where the configuration of this notifier does not know that, the body is made all the same: it tells
    /// of rows as they are now.
    private func request(of delivery: DueDelivery) async throws -> CallbackRequest? {
        guard let webhook = delivery.webhook else { return delivery.callback }
        do {
            return try webhooks.callback(webhook, of: delivery)
        } catch let unknown as ProjectWebhooks.NotConfigured {
            if let known = try webhooks.bodyRequest(webhook, of: delivery) {
                _ = try await body(of: delivery, known)
            }
            throw unknown
        }
    }

    /// Made once and kept: a jobset that is sent out again meanwhile is another matter.
    private func body(of delivery: DueDelivery, _ callback: CallbackRequest) async throws -> String {
        // A GET is signed over no body at all.
        if callback.method == .get { return "" }
        if let body = delivery.body ?? callback.payload { return body }
        let made =
            if delivery.event == .finished {
                try await finishedBody(of: delivery, callback)
            } else {
                try await eventBody(of: delivery, callback)
            }
        return try await store.keepBody(made, of: delivery.id)
    }

    /// Made of how the jobset ended, which waits for nothing. Only a template that names what reads every test case has it
    /// from the archive, if the report is there in time.
    private func finishedBody(of delivery: DueDelivery, _ callback: CallbackRequest) async throws -> String {
        let (jobset, generation) = (delivery.jobsetID, delivery.generation)
        guard let template = try callback.bodyMaker() else {
            let end = try await loader.end(of: jobset, generation, jobs: Self.listedJobs, hasAttempts: false)
            return String(decoding: try CallbackBody.encode(end), as: UTF8.self)
        }
        var archived: ArchivedReport?
        if template.names(anyOf: Self.reportOnly) {
            archived = try await store.storedReport(jobsetID: jobset, generation: generation, formats: [.json])
            guard archived != nil || Date().timeIntervalSince(delivery.createdAt) > reportWait.timeInterval else {
                throw ReportAwaited()
            }
        }
        let jobs = archived == nil ? ReportLimits.json.jobs : 0
        let end = try await loader.end(of: jobset, generation, jobs: jobs)
        let facts = try TemplateFacts(
            end,
            document: archived?[.json],
            parameters: try callback.allParameters(labels: end.jobset.labels, delivery: Self.webhookID(of: delivery))
        )
        return try template.render(facts, maximumBytes: maximumBodyBytes)
    }

    /// Members of the JSON report that only the report has: all of them need every test case, or are of no use without.
    static let reportOnly: Set<String> = [
        "failed_tests", "failed_tests_omitted", "suites", "suites_omitted", "baseline", "comparison", "metrics",
        "metrics_omitted", "times", "missing",
    ]

    private func eventBody(of delivery: DueDelivery, _ callback: CallbackRequest) async throws -> String {
        guard let data = delivery.data, let jobset = try await store.jobset(id: delivery.jobsetID) else {
            throw ReportLoader.NotReportable(description: "nothing is known of the event \(delivery.event.rawValue)")
        }
        guard let template = try callback.bodyMaker() else {
            let body = try EventBody.encode(delivery.event, data, of: jobset, generation: delivery.generation)
            return String(decoding: body, as: UTF8.self)
        }
        let facts = try TemplateFacts(
            delivery.event,
            data,
            of: jobset,
            generation: delivery.generation,
            parameters: try callback.allParameters(labels: jobset.labels, delivery: Self.webhookID(of: delivery))
        )
        return try template.render(facts, maximumBytes: maximumBodyBytes)
    }

    /// Stays the same over every try, so that a receiver can drop repeats.
    static func webhookID(of delivery: DueDelivery) -> String { "msg_" + delivery.id.text }

    /// - Parameter template: What made the body, and knows what its receiver's answers mean.
    static func result(of answer: CallbackAnswer, to template: (any BuiltInTemplate)? = nil) -> TryResult {
        let isRepeat = template?.isRepeat(status: answer.status, answer: answer.excerpt) ?? false
        let ending: TryEnding =
            switch answer.status {
            case _ where isRepeat: .taken
            case 200..<300: .taken
            case 410: .gone
            default: .notTaken(isBusy: answer.status == 429, retryAfter: answer.retryAfter)
            }
        let meaning = template?.meaning(of: answer.status).map { [$0] + [answer.message].compactMap(\.self) } ?? []
        return TryResult(
            ending: ending,
            status: answer.status,
            error: isRepeat ? nil : answer.complaint.map { ([$0] + meaning).joined(separator: ": ") },
            response: answer.excerpt
        )
    }
}

// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Fleet
import FleetStore
import Foundation
import Reports

/// Makes one try of one delivery: builds what is to be delivered and delivers it.
struct DeliveryMaker: Sendable {
    let store: FleetStore
    let loader: ReportLoader
    let sender: CallbackSender
    let signers: WebhookSigners
    /// The largest body that a template may make.
    let maximumBodyBytes: Int
    let pusher: SQUADPusher
    let mailer: ReportMailer

    /// The longest reason that is recorded, in Unicode scalars.
    private static let longestReason = 1_000

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
                try await archive(delivery)
                return TryResult(ending: .taken)
            case .callback:
                return try await call(delivery)
            case .squad:
                return try await pusher.push(delivery)
            case .mail, .warning:
                return try await mailer.send(delivery)
            }
        } catch let fault as BodyTemplate.Fault {
            // The same report gives the same again: the jobset's own template is at fault.
            return TryResult(ending: .unusable, error: "the callback's template \(fault)")
        } catch {
            let reason = HarmlessText.line("\(error)", limit: Self.longestReason)
            return TryResult(ending: .unbuilt, error: reason)
        }
    }

    private func archive(_ delivery: DueDelivery) async throws {
        let report = try await loader.report(of: delivery.jobsetID, delivery.generation)
        try await store.storeReport(
            ArchivedReport(
                document: try JSONReport.document(report),
                text: TextReport.text(report),
                html: HTMLReport.html(report),
                junit: try await loader.junit(report)
            ),
            of: delivery.jobsetID,
            generation: delivery.generation,
            baseline: report.comparison?.jobset
        )
        try await pusher.order(for: report.jobset, delivery.generation)
        try await mailer.order(for: report)
    }

    private func call(_ delivery: DueDelivery) async throws -> TryResult {
        guard let callback = delivery.callback else {
            throw ReportLoader.NotReportable(description: "the jobset has no callback")
        }
        guard let signer = signers.signer(named: callback.secret) else {
            throw UnknownSecret(name: callback.secret ?? "")
        }
        let body = Array(try await body(of: delivery, callback).utf8)
        let headers = try CallbackHeaders.make(
            own: callback.headers,
            contentType: callback.bodyContentType?.rawValue,
            id: Self.webhookID(of: delivery),
            timestamp: Int(Date().timeIntervalSince1970),
            body: body,
            signer: signer
        )
        do {
            return Self.result(
                of: try await sender.send(
                    callback.method ?? .post,
                    body,
                    to: callback.url,
                    headers: headers,
                    turn: delivery.tries
                )
            )
        } catch {
            return TryResult(ending: .notTaken(isBusy: error.isTimeout, retryAfter: nil), error: error.description)
        }
    }

    /// Made once and kept: a jobset that is sent out again meanwhile is another matter.
    private func body(of delivery: DueDelivery, _ callback: CallbackRequest) async throws -> String {
        // A GET is signed over no body at all.
        if callback.method == .get { return "" }
        if let body = delivery.body ?? callback.payload { return body }
        let made =
            if delivery.event == .finished {
                try finishedBody(try await loader.report(of: delivery.jobsetID, delivery.generation), callback)
            } else {
                try await eventBody(of: delivery, callback)
            }
        return try await store.keepBody(made, of: delivery.id)
    }

    private func finishedBody(_ report: FinishedJobsetReport, _ callback: CallbackRequest) throws -> String {
        guard let template = try callback.bodyTemplate() else {
            return String(decoding: try CallbackBody.encode(report), as: UTF8.self)
        }
        let facts = try TemplateFacts(report, parameters: callback.parameters ?? [:])
        return try template.render(facts, maximumBytes: maximumBodyBytes)
    }

    private func eventBody(of delivery: DueDelivery, _ callback: CallbackRequest) async throws -> String {
        guard let data = delivery.data, let jobset = try await store.jobset(id: delivery.jobsetID) else {
            throw ReportLoader.NotReportable(description: "nothing is known of the event \(delivery.event.rawValue)")
        }
        guard let template = try callback.bodyTemplate() else {
            let body = try EventBody.encode(delivery.event, data, of: jobset, generation: delivery.generation)
            return String(decoding: body, as: UTF8.self)
        }
        let facts = try TemplateFacts(
            delivery.event,
            data,
            of: jobset,
            generation: delivery.generation,
            parameters: callback.parameters ?? [:]
        )
        return try template.render(facts, maximumBytes: maximumBodyBytes)
    }

    /// Stays the same over every try, so that a receiver can drop repeats.
    static func webhookID(of delivery: DueDelivery) -> String { "msg_" + delivery.id.uuidString.lowercased() }

    static func result(of answer: CallbackAnswer) -> TryResult {
        let ending: TryEnding =
            switch answer.status {
            case 200..<300: .taken
            case 410: .gone
            default: .notTaken(isBusy: answer.status == 429, retryAfter: answer.retryAfter)
            }
        return TryResult(
            ending: ending,
            status: answer.status,
            error: ending == .taken ? nil : "the receiver answered \(answer.status)",
            response: answer.excerpt
        )
    }
}

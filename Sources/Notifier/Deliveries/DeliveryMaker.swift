// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Reports

/// Makes one try of one delivery: builds what is to be delivered and delivers it.
struct DeliveryMaker: Sendable {
    let store: FleetStore
    let loader: ReportLoader
    let sender: CallbackSender
    let signer: WebhookSigner

    /// The longest reason that is recorded, in Unicode scalars.
    private static let longestReason = 1_000

    /// One try; whatever goes wrong is part of the result.
    func attempt(_ delivery: DueDelivery) async -> TryResult {
        do {
            switch delivery.kind {
            case .report:
                try await archive(delivery)
                return TryResult(ending: .taken)
            case .callback:
                return try await call(delivery)
            }
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
    }

    private func call(_ delivery: DueDelivery) async throws -> TryResult {
        guard let callback = delivery.callback else {
            throw ReportLoader.NotReportable(description: "the jobset has no callback")
        }
        let body = Array(try await body(of: delivery).utf8)
        let headers = CallbackHeaders.make(
            own: callback.headers,
            id: Self.webhookID(of: delivery),
            timestamp: Int(Date().timeIntervalSince1970),
            body: body,
            signer: signer
        )
        do {
            return Self.result(
                of: try await sender.post(body, to: callback.url, headers: headers, turn: delivery.tries)
            )
        } catch {
            return TryResult(ending: .notTaken(isBusy: error.isTimeout, retryAfter: nil), error: error.description)
        }
    }

    /// Made once and kept: a jobset that is sent out again meanwhile is another matter.
    private func body(of delivery: DueDelivery) async throws -> String {
        if let body = delivery.body { return body }
        let made =
            if delivery.event == .finished {
                try CallbackBody.encode(try await loader.report(of: delivery.jobsetID, delivery.generation))
            } else {
                try await eventBody(of: delivery)
            }
        return try await store.keepBody(String(decoding: made, as: UTF8.self), of: delivery.id)
    }

    private func eventBody(of delivery: DueDelivery) async throws -> [UInt8] {
        guard let data = delivery.data, let jobset = try await store.jobset(id: delivery.jobsetID) else {
            throw ReportLoader.NotReportable(description: "nothing is known of the event \(delivery.event.rawValue)")
        }
        return try EventBody.encode(delivery.event, data, of: jobset, generation: delivery.generation)
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

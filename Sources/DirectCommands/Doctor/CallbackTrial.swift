// SPDX-License-Identifier: Apache-2.0

import Callbacks
import CommandLine
import Fleet
import FleetRuntime
import Foundation
import Reports

/// One test callback, step by step.
struct CallbackTrial: Sendable {
    let sender: CallbackSender
    let signer: WebhookSigner

    /// Looks the receiver up, checks its addresses, and sends it one callback.
    func run(_ url: String) async throws -> CallbackTrialOutcome {
        let id = "msg_" + UUID().text
        var outcome = CallbackTrialOutcome(url: ReceiverAddress(url).masked, webhookID: id)
        do {
            let target = try CallbackURL(dialling: url)
            let addresses = try await sender.addresses(of: target)
            outcome.addresses = addresses.map {
                CallbackTrialOutcome.Address(address: $0.description, isPermitted: sender.policy.permits($0))
            }
            let body = try Self.body(at: Date())
            let headers = try CallbackHeaders.make(
                own: [:],
                id: id,
                timestamp: Int(Date().timeIntervalSince1970),
                body: body,
                signer: signer
            )
            outcome.isSigned = try signer.signature(id: id, timestamp: 0, body: []) != nil
            let start = ContinuousClock.now
            let answer = try await sender.send(.post, body, to: url, headers: headers, turn: 0)
            outcome.milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
            // TLS without a proof of the name would have had no answer.
            outcome.isTLSVerified = url.lowercased().hasPrefix("https:") ? true : nil
            outcome.status = answer.status
            outcome.location = answer.location
            outcome.answer = answer.excerpt
        } catch let error as CallbackError {
            outcome.isRefused = error.isRefusal
            outcome.error = error.description
        }
        return outcome
    }

    /// The body, small and of its own type.
    private static func body(at date: Date) throws -> [UInt8] {
        struct Body: Encodable {
            let type = "muster.test"
            let version = 1
            let timestamp: String
            let data: [String: String] = [:]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(Body(timestamp: Timestamp.iso8601(date))))
    }
}

/// What came of a test callback, in JSON.
struct CallbackTrialOutcome: Encodable {
    /// An address of the receiver's name.
    struct Address: Encodable {
        let address: String
        let isPermitted: Bool
    }

    let url: String
    let webhookID: String
    var addresses: [Address] = []
    var isSigned: Bool?
    var isTLSVerified: Bool?
    var status: Int?
    var milliseconds: Int?
    /// Where a redirect points.
    var location: String?
    var answer: String?
    var error: String?
    /// Whether it was not even tried.
    var isRefused = false

    enum CodingKeys: String, CodingKey {
        case url, addresses, status, milliseconds, location, answer, error
        case webhookID = "webhook_id"
        case isSigned = "signed"
        case isTLSVerified = "tls_verified"
        case isRefused = "refused"
    }

    init(url: String, webhookID: String) {
        self.url = url
        self.webhookID = webhookID
    }

    /// What the shell is told; `nil` when it was taken.
    var exitStatus: ExitStatus? {
        if isRefused { return .usage }
        guard let status, (200..<300).contains(status) else { return .unreachable }
        return nil
    }

    /// The steps, for people.
    var facts: Facts {
        var pairs: [(name: String, value: String?)] = [("webhook-id", webhookID)]
        for one in addresses {
            let refusal = one.isPermitted ? "" : ", refused: not public, not in callback.allowed_networks"
            pairs.append(("address", one.address + refusal))
        }
        pairs.append(("signed", isSigned.map { $0 ? "yes" : "no: no key is configured" }))
        pairs.append(("TLS", isTLSVerified.map { _ in "the certificate is valid for the host" }))
        pairs.append(("status", status.map { "\($0)" + ($0 / 100 == 2 ? ", taken" : ", not taken: only 2xx is") }))
        pairs.append(("points to", location.map { "\($0); redirects are not followed" }))
        pairs.append(("took", milliseconds.map { "\($0) ms" }))
        pairs.append(("answer", answer.flatMap { $0.isEmpty ? nil : String($0.prefix(400)) }))
        pairs.append(("error", error))
        return Facts(pairs: pairs)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Logging

/// Keeps book of which receivers take nothing, and says so once. Nothing is held back from them.
struct ReceiverRecord: Sendable {
    let store: FleetStore
    /// How long a receiver must have taken nothing to be marked.
    let failingFor: Duration
    /// Who mails that.
    let mailer: ReportMailer
    let logger: Logger

    /// Notes how a try ended; what can't be written down now is with the next try.
    func note(_ result: TryResult, of delivery: DueDelivery) async {
        guard [.callback, .webhook].contains(delivery.kind),
            let receiver = FleetStore.receiver(of: delivery.callback?.url ?? delivery.receiver)
        else { return }
        do {
            switch result.ending {
            case .taken:
                if try await store.forgiveReceiver(receiver) {
                    logger.notice("receiver takes callbacks again", [.receiver: "\(receiver)"])
                }
            case .gone, .notTaken:
                let failing = try await store.noteFailure(
                    of: receiver,
                    error: result.error,
                    limit: failingFor
                ) {
                    try await mailer.warning(of: delivery)
                }
                guard let failing else { return }
                FleetMetric.receiversMarked.increment()
                logger.warning(
                    "receiver has taken nothing for long, its owner should know",
                    [
                        .receiver: "\(receiver)", .failingSince: "\(failing.since)",
                        .failures: "\(failing.failures)", .error: "\(failing.lastError ?? "")",
                    ]
                )
            case .refused, .unusable, .unbuilt, .awaited: break
            }
        } catch {
            logger.warning(
                "a receiver's record can't be written",
                [.receiver: "\(receiver)", .error: "\(error)"]
            )
        }
    }
}

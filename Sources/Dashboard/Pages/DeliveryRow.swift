// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

/// A delivery with its latest tries.
struct DeliveryRow: Sendable {
    let what: String
    let receiver: String
    let badge: Badge
    let why: String?
    let tries: Int
    let hasTries: Bool
    let deliveryID: String
    let detailsID: String
    let deliveryTries: [TimelineRow]

    init(_ delivery: Delivery, tries: [DeliveryTry], now: Date) {
        what = PageText.line("\(delivery.label): \(delivery.event)")
        receiver = PageText.line(delivery.receiver.masked)
        badge = Badge(delivery: delivery.state, tries: delivery.tries)
        let next = delivery.tries > 0 ? Moment(delivery.dueAt, now: now).map { "next try \($0.ago)" } : nil
        let parts = [delivery.isDelivered ? nil : delivery.lastError, next].compactMap(\.self)
        why = parts.isEmpty ? nil : PageText.line(parts.joined(separator: "; "), limit: 300)
        self.tries = delivery.tries
        hasTries = !tries.isEmpty
        deliveryID = delivery.id.text
        detailsID = "tries-\(delivery.id.text)"
        deliveryTries = tries.map { attempt in
            let answer = attempt.status.map { "HTTP \($0)" }
            let words = [answer, attempt.error].compactMap(\.self).joined(separator: ", ")
            return TimelineRow(
                attempt.startedAt,
                "try \(attempt.number): \(words.isEmpty ? "taken" : words) after \(attempt.milliseconds) ms"
            )
        }
    }
}

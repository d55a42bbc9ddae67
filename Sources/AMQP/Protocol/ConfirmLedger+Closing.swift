// SPDX-License-Identifier: Apache-2.0

extension ConfirmLedger {
    /// Tells who is to blame when the broker closes a channel with publishes outstanding: it names the exchange, never
    /// the message (`NOT_FOUND - no exchange 'x' in vhost '/'`). A lone publish is to blame in any case.
    func failures(
        reason: CloseReason,
        culprit: AMQPError,
        bystander: AMQPError
    ) -> [(publish: UInt64, error: AMQPError)] {
        let waiting = unsettledWithExchange
        let named = waiting.filter { entry in reason.replyText.contains("'\(entry.exchange)'") }
        let blamed = Set(waiting.count == 1 ? waiting.map(\.publish) : named.map(\.publish))
        return waiting.map { ($0.publish, blamed.contains($0.publish) ? culprit : bystander) }
    }
}

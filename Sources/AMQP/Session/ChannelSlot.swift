// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A channel that is opened when it is needed, and again after the broker closed it.
final class ChannelSlot: Sendable {
    private let number = Mutex<UInt16?>(nil)
    private let confirms: Bool

    init(confirms: Bool) { self.confirms = confirms }

    /// An open channel. Two callers at once may open two; the later one stays.
    func channel(on connection: Connection) async throws(AMQPError) -> UInt16 {
        if let number = number.withLock({ $0 }), await connection.isOpen(channel: number) { return number }
        let opened = try await connection.openChannel()
        if confirms { try await connection.call(channel: opened, .confirmSelect) }
        number.withLock { $0 = opened }
        return opened
    }
}

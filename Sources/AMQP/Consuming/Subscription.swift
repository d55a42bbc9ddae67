// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// One `basic.consume`: deliveries are settled on its channel or not at all.
final class Subscription: Sendable {
    private static let lastID = Atomic<UInt64>(0)

    let id: UInt64
    let consumerTag: String
    private let number = Mutex<UInt16?>(nil)

    init(id: UInt64, consumerTag: String) {
        self.id = id
        self.consumerTag = consumerTag
    }

    static func makeID() -> UInt64 { lastID.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Its channel, once it is open.
    var channel: UInt16? { number.withLock { $0 } }

    func set(channel: UInt16) { number.withLock { $0 = channel } }
}

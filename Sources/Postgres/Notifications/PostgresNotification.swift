// SPDX-License-Identifier: Apache-2.0

/// What a listener hears.
public enum PostgresNotification: Sendable, Hashable {
    /// A NOTIFY.
    public struct Message: Sendable, Hashable {
        /// The channel.
        public let channel: String
        /// The payload; empty if there is none.
        public let payload: String
        /// The server process that sent it.
        public let senderProcessID: Int32
    }

    /// A NOTIFY arrived.
    case message(Message)
    /// Notifications may have been missed: the connection broke and is listening again, or they came faster than they were
    /// consumed. Look at the truth once.
    case reconnected
}

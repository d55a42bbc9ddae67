// SPDX-License-Identifier: Apache-2.0

/// How long an event stream may be quiet, and how much of it is kept.
public struct LAVAEventLimits: Sendable, Equatable {
    /// How often the lab is pinged.
    public var pingInterval: Duration

    /// How long nothing at all may come, not even the answer to a ping, before the lab is taken for dead. It is
    /// looked at with each ping, so that it may take one interval longer to be noticed.
    public var silenceLimit: Duration

    /// The largest message, in bytes, its fragments together. LAVA's have less than a thousand.
    public var maximumMessageBytes: Int

    /// How many events may wait to be taken.
    public var maximumBufferedEvents: Int

    /// Sets limits; each is brought into a range that makes sense.
    public init(
        pingInterval: Duration = .seconds(20),
        silenceLimit: Duration = .seconds(60),
        maximumMessageBytes: Int = 1024 * 1024,
        maximumBufferedEvents: Int = 4_096
    ) {
        self.pingInterval = min(max(.milliseconds(10), pingInterval), .seconds(3_600))
        self.silenceLimit = min(max(self.pingInterval, silenceLimit), .seconds(86_400))
        self.maximumMessageBytes = min(max(1024, maximumMessageBytes), 64 * 1024 * 1024)
        self.maximumBufferedEvents = min(max(2, maximumBufferedEvents), 1_000_000)
    }
}

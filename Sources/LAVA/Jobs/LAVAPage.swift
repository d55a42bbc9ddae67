// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// One page of a list of lab jobs.
public struct LAVAPage: Sendable, Equatable {
    /// The jobs that really are what was asked for, in the lab's order.
    public var jobs: [LAVAJob]

    /// How many rows the page had. The next page begins this much further on.
    public var rowCount: Int

    /// How many there are in all, as the lab counted, at most what 32 bits hold; it moves while jobs finish.
    public var totalCount: Int

    /// Whether a next page exists.
    public var hasMore: Bool

    /// How many rows were not what was asked for. LAVA ignores a filter it does not know and returns everything;
    /// anything but zero here means that this lab does.
    public var strayCount: Int

    /// How many rows could not be read; they are left out.
    public var unreadableCount: Int

    /// The lab's clock when it answered, to the second; nil if it did not say.
    public var date: Date?
}

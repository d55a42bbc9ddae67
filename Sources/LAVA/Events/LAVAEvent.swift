// SPDX-License-Identifier: Apache-2.0

/// What a lab's event stream gives.
public enum LAVAEvent: Sendable, Equatable {
    /// The stream is open. Always the first element: what happened before it is known by asking only, since LAVA
    /// replays nothing.
    case connected

    /// A job changed its state.
    case job(LAVAJobEvent)

    /// Events came faster than they were taken, and at this place some were dropped: catch up by asking.
    case overflow
}

// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues

extension FleetAccess {
    /// How long the broker may take to be told of an end: all that hangs on it is whether report and callback come at
    /// once.
    private static let notificationPatience = Duration.seconds(5)

    /// Wakes the notifier for jobsets that have finished. Without a broker it finds out by itself a little later.
    func announce(_ finished: [FinishedJobset]) async {
        guard !finished.isEmpty else { return }
        do {
            try await withPublisher(publishTimeout: Self.notificationPatience) { publisher in
                try await publisher.announce(finished: finished)
            }
        } catch {
            StandardStream.error.line("the broker is unreachable; report and callback follow without it")
        }
    }
}

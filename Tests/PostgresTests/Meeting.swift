// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Lets threads wait for each other once; later comers, such as retries, pass. Gives up after a while.
final class Meeting: Sendable {
    private let missing: Mutex<Int>
    private let open = DispatchSemaphore(value: 0)
    private let size: Int

    init(of size: Int) {
        self.size = size
        missing = Mutex(size)
    }

    /// The same for a task: blocks none of Swift's own threads.
    func meet() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                self.arriveAndWait()
                continuation.resume()
            }
        }
    }

    /// Blocks: for closures that run on a connection's thread.
    func arriveAndWait() {
        let isLast: Bool? = missing.withLock { missing in
            guard missing > 0 else { return nil }
            missing -= 1
            return missing == 0
        }
        guard let isLast else { return }
        if isLast { for _ in 1..<size { open.signal() } } else { _ = open.wait(timeout: .now() + 120) }
    }
}

/// Counts, from any thread.
final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .acquiring) }

    @discardableResult
    func increment() -> Int {
        count.add(1, ordering: .acquiringAndReleasing).newValue
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOPosix
import Synchronization

/// Work that can take longer than 50 ms, on threads of its own.
///
/// Swift's pool has one thread a core: a long computation there keeps everybody else waiting, and nothing takes it
/// off again. Here so many run at once, so many more may wait, and each is told when nobody wants it any more. Work that
/// waits for others in between is a task whose executor this is; how many of those there are is up to who starts them.
///
/// ```swift
/// let text = try await HeavyWork.shared.run { demand in
///     for line in lines {
///         try demand.check()
///         …
///     }
/// }
/// ```
package final class HeavyWork: Sendable {
    /// The process's own: a thread a core and at least two, and 100 that wait.
    package static let shared = HeavyWork(
        threads: max(2, ProcessInfo.processInfo.activeProcessorCount),
        maximumWaiting: 100
    )

    /// Whether the result of a piece of work is still wanted.
    package final class Demand: Sendable {
        /// For work that is little, and not worth ending.
        package static let lasting = Demand()

        private let isOver = Atomic(false)

        fileprivate init() {}

        /// To be called now and then by whatever goes on for long.
        ///
        /// - Throws: `CancellationError` once the task that waits for the result is cancelled.
        package func check() throws(CancellationError) {
            if isOver.load(ordering: .relaxed) { throw CancellationError() }
        }

        fileprivate func end() { isOver.store(true, ordering: .relaxed) }
    }

    /// As much is waiting as may.
    package struct Overload: Error, CustomStringConvertible {
        package var description: String { "there is more to work on than may wait" }
    }

    private let pool: NIOThreadPool
    private let maximum: Int
    /// What runs and what waits.
    private let admitted = Atomic(0)

    /// Threads that live as long as the process.
    init(threads: Int, maximumWaiting: Int) {
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
        maximum = threads + maximumWaiting
    }

    /// Does a piece of work.
    ///
    /// - Throws: what `body` throws; ``Overload`` when it can't even wait; `CancellationError` when the task was
    ///   cancelled before it began.
    package func run<Result: Sendable>(_ body: @escaping @Sendable (Demand) throws -> Result) async throws -> Result {
        guard admitted.wrappingAdd(1, ordering: .relaxed).newValue <= maximum else {
            admitted.wrappingSubtract(1, ordering: .relaxed)
            throw Overload()
        }
        defer { admitted.wrappingSubtract(1, ordering: .relaxed) }
        let demand = Demand()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                pool.submit { state in
                    continuation.resume(
                        with: Swift.Result {
                            if state == .cancelled { throw CancellationError() }
                            try demand.check()
                            return try body(demand)
                        }
                    )
                }
            }
        } onCancel: {
            demand.end()
        }
    }
}

extension HeavyWork: TaskExecutor {
    /// Runs a piece of a task between two waits.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Something large on its way to where it is worked on. Whoever takes it has the only one, and it is gone as soon as that
/// one is done with it.
package final class Handover<Value: Sendable>: Sendable {
    private let value: Mutex<Value?>

    /// Hands `value` over.
    package init(_ value: consuming Value) { self.value = Mutex(value) }

    /// The value, for the first who asks.
    package func take() -> Value? {
        value.withLock { value in
            defer { value = nil }
            return value
        }
    }
}

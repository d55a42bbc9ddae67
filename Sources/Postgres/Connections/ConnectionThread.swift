// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Foundation
internal import Synchronization

/// One thread that runs the jobs of one connection, one after the other: the connection's executor.
///
/// libpq blocks, and a blocked thread of Swift's cooperative pool is missed by everybody else.
final class ConnectionThread: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isStopping = false
        var thread: ObjectIdentifier?
    }

    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)

    /// The thread holds on to this object until `stop`.
    func start(name: String) {
        let thread = Thread { [self] in loop() }
        thread.name = name
        thread.start()
    }

    /// Lets the thread end when it has run what is queued. Only when the actor that it serves is gone.
    func stop() {
        state.withLock { $0.isStopping = true }
        arrived.signal()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        state.withLock { $0.jobs.append(unowned) }
        arrived.signal()
    }

    func isIsolatingCurrentContext() -> Bool? {
        state.withLock { $0.thread } == ObjectIdentifier(Thread.current)
    }

    private func loop() {
        state.withLock { $0.thread = ObjectIdentifier(Thread.current) }
        while true {
            arrived.wait()
            let (jobs, isStopping) = state.withLock { state in
                let jobs = state.jobs
                state.jobs = []
                return (jobs, state.isStopping)
            }
            for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
            if isStopping, state.withLock({ $0.jobs.isEmpty }) { return }
        }
    }
}

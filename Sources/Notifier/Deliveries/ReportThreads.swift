// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Threads on which reports are made: writing a large one down takes seconds of computing, which would keep callbacks from
/// Swift's few threads.
final class ReportThreads: TaskExecutor {
    private let queue = DispatchQueue(label: "muster.notifier.reports", qos: .utility, attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

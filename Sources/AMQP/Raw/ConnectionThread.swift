// SPDX-License-Identifier: Apache-2.0

internal import CRabbitMQ
internal import Glibc
internal import Synchronization

/// A thread that is the serial executor of one connection: it runs the actor's jobs, lets the connection look at its
/// socket, and sleeps in `poll` until a job, the socket or a deadline wakes it. So whatever the C library blocks on
/// never blocks Swift's own few threads, and the heart beats whatever handlers do.
///
/// It lives until ``stop()``, which the actor calls when it goes; nobody can give it a job after that.
final class ConnectionThread: SerialExecutor {
    /// What to wait for after a turn.
    struct Rest: Sendable {
        /// The socket, if there is one.
        var descriptor: Int32 = -1
        /// Whether room to write is waited for too.
        var wantsRoom = false
        /// Time by which to look again.
        var deadline: ContinuousClock.Instant?
        /// Whether there is more to do at once.
        var hasMore = false
    }

    private struct State {
        var jobs: [UnownedJob] = []
        var turn: (@Sendable () -> Rest)?
        var isAsleep = false
        var isStopped = false
    }

    private let state = Mutex(State())
    private let identity = Atomic<UInt>(0)
    private let wakeDescriptor: Int32
    private let turns: TurnClock
    let name: String

    /// - Parameter turns: Told of each turn of the thread.
    /// - Throws: ``AMQPError`` when the system has no descriptor or no thread left.
    init(name: String, turns: TurnClock) throws(AMQPError) {
        self.name = name
        self.turns = turns
        wakeDescriptor = muster_wake_descriptor()
        guard wakeDescriptor >= 0 else { throw AMQPError(.connectionLost, "The system has no descriptor left.") }
        let box = unsafe Unmanaged.passRetained(self)
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let thread = unsafe Unmanaged<ConnectionThread>.fromOpaque(argument).takeRetainedValue()
                thread.run()
                return nil
            },
            box.toOpaque()
        )
        guard status == 0 else {
            unsafe box.release()
            throw AMQPError(.connectionLost, "The system has no thread left.")
        }
        pthread_detach(thread)
    }

    deinit { close(wakeDescriptor) }

    /// What to do between jobs. It is called on the thread.
    func setTurn(_ turn: @escaping @Sendable () -> Rest) {
        state.withLock { $0.turn = turn }
        wake()
    }

    /// Ends the thread once its jobs are done.
    func stop() {
        state.withLock {
            $0.isStopped = true
            $0.turn = nil
        }
        wake()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        let mustWake = state.withLock { state in
            state.jobs.append(unowned)
            return state.isAsleep
        }
        if mustWake { wake() }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { unsafe UnownedSerialExecutor(ordinary: self) }

    func checkIsolated() {
        precondition(isCurrent, "This must run on the thread of its connection.")
    }

    /// Whether the caller runs on this thread.
    var isCurrent: Bool { UInt(pthread_self()) == identity.load(ordering: .acquiring) }

    private func wake() {
        var one: UInt64 = 1
        _ = unsafe write(wakeDescriptor, &one, 8)
    }

    private func run() {
        unsafe muster_name_thread(name)
        identity.store(UInt(pthread_self()), ordering: .releasing)
        while true {
            turns.turn()
            runJobs()
            let turn = state.withLock { $0.turn }
            let rest = turn?() ?? Rest()
            if rest.hasMore { continue }
            let next = state.withLock { state -> (isDone: Bool, mayRest: Bool) in
                guard state.jobs.isEmpty else { return (false, false) }
                guard !state.isStopped else { return (true, false) }
                state.isAsleep = true
                return (false, true)
            }
            if next.isDone { return }
            if next.mayRest { sleep(rest) }
        }
    }

    private func runJobs() {
        let jobs = state.withLock { state in
            defer { state.jobs.removeAll(keepingCapacity: true) }
            return state.jobs
        }
        for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    private func sleep(_ rest: Rest) {
        var milliseconds: Int32 = -1
        if let deadline = rest.deadline {
            let (seconds, attoseconds) = max(.zero, deadline - .now).components
            // Rounded up, so that the deadline has passed when the thread wakes.
            milliseconds = Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
        }
        let events = Int16(POLLIN) | (rest.wantsRoom ? Int16(POLLOUT) : 0)
        var descriptors = [pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0)]
        if rest.descriptor >= 0 { descriptors.append(pollfd(fd: rest.descriptor, events: events, revents: 0)) }
        _ = unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
        state.withLock { $0.isAsleep = false }
        var count: UInt64 = 0
        _ = unsafe read(wakeDescriptor, &count, 8)
    }
}

/// When something that goes on turning last did.
final class TurnClock: Sendable {
    private let time = Mutex(SuspendingClock.now)

    /// It turns now.
    func turn() { time.withLock { $0 = .now } }

    /// When it last did.
    var last: SuspendingClock.Instant { time.withLock { $0 } }
}

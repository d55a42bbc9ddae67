// SPDX-License-Identifier: Apache-2.0

/// Who has which connection and who waits: decides, and touches nothing. Callers act on the answers.
///
/// A slot stands for a connection that is open or being opened; there are never more than `maximumConnections`. Waiters are
/// served in the order they came, each with a connection or with a slot to open one in.
struct PoolState<Connection: Sendable>: Sendable {
    struct Idle: Sendable {
        var connection: Connection
        var since: ContinuousClock.Instant
    }

    enum Grant: Sendable {
        case use(Idle)
        case open
    }

    enum Acquire {
        case granted(Grant)
        case wait
        case refused(PostgresError)
    }

    struct Handover: Sendable {
        var waiter: UInt64
        var grant: Grant
    }

    enum Release {
        case handOver(Handover)
        case parked
        case close
    }

    private enum Phase {
        case notStarted
        case running
        case stopped
    }

    let maximumConnections: Int
    let maximumWaiters: Int
    private var phase = Phase.notStarted
    private(set) var idle: [Idle] = []
    private(set) var slots = 0
    private(set) var waiters: [UInt64] = []

    init(maximumConnections: Int, maximumWaiters: Int) {
        self.maximumConnections = maximumConnections
        self.maximumWaiters = maximumWaiters
    }

    var inUse: Int { slots - idle.count }
    var isStopped: Bool { phase == .stopped }
    var isStarted: Bool { phase != .notStarted }

    mutating func start() -> [Handover] {
        guard phase == .notStarted else { return [] }
        phase = .running
        return serveWithSlots()
    }

    /// What is to be had without a wait.
    mutating func acquireNow() -> Grant? {
        guard phase == .running, waiters.isEmpty else { return nil }
        // The latest one back: the others may grow old and go.
        if let last = idle.popLast() { return .use(last) }
        guard slots < maximumConnections else { return nil }
        slots += 1
        return .open
    }

    mutating func acquire(_ waiter: UInt64) -> Acquire {
        if phase == .stopped { return .refused(PostgresError(.closed, "the client is closed")) }
        if let grant = acquireNow() { return .granted(grant) }
        guard waiters.count < maximumWaiters else {
            return .refused(PostgresError(.poolExhausted, "\(waiters.count) callers already wait for a connection"))
        }
        waiters.append(waiter)
        return .wait
    }

    /// A connection comes back in good order.
    mutating func release(_ connection: Connection, isWorn: Bool, now: ContinuousClock.Instant) -> Release {
        if phase == .stopped || isWorn { return .close }
        let idle = Idle(connection: connection, since: now)
        if !waiters.isEmpty {
            return .handOver(Handover(waiter: waiters.removeFirst(), grant: .use(idle)))
        }
        self.idle.append(idle)
        return .parked
    }

    /// A connection was closed or never came about; its slot goes to the next in line.
    mutating func freeSlot() -> [Handover] {
        slots -= 1
        return serveWithSlots()
    }

    /// Whether the waiter still waited.
    mutating func leave(_ waiter: UInt64) -> Bool {
        guard let index = waiters.firstIndex(of: waiter) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// Takes out idle connections that `isWorn`; their slots are freed when they are closed.
    mutating func reap(_ isWorn: (Idle) -> Bool) -> [Connection] {
        let worn = idle.filter(isWorn)
        idle.removeAll(where: isWorn)
        return worn.map(\.connection)
    }

    mutating func stop() -> (waiters: [UInt64], idle: [Connection]) {
        phase = .stopped
        defer {
            waiters = []
            idle = []
        }
        return (waiters, idle.map(\.connection))
    }

    private mutating func serveWithSlots() -> [Handover] {
        var handovers: [Handover] = []
        while phase == .running, slots < maximumConnections, !waiters.isEmpty {
            slots += 1
            handovers.append(Handover(waiter: waiters.removeFirst(), grant: .open))
        }
        return handovers
    }
}

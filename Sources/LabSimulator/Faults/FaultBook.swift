// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The orders to fail that are in force.
final class FaultBook: Sendable {
    private struct Entry {
        var fault: Fault
        var chance: SplitMix64
    }

    private struct State {
        var entries: [Entry] = []
        var nextID = 1
    }

    private let state = Mutex(State())

    /// The most orders at a time.
    static let maximumFaults = 100

    /// Takes an order; returns it with its number, or nil if there are too many.
    func add(_ fault: Fault) -> Fault? {
        state.withLock { state in
            guard state.entries.count < Self.maximumFaults else { return nil }
            var fault = fault
            fault.id = state.nextID
            fault.met = 0
            state.nextID += 1
            state.entries.append(Entry(fault: fault, chance: SplitMix64(seed: fault.seed ?? 1)))
            return fault
        }
    }

    /// All orders, those that are used up included.
    var all: [Fault] {
        state.withLock { $0.entries.map(\.fault) }
    }

    func clear() {
        state.withLock { $0.entries.removeAll() }
    }

    /// The first order in force that meets a request; it is used up by one.
    func meet(_ request: RestRequest) -> Fault? {
        meet { fault in
            !fault.kind.isOfEvents && !fault.kind.isOfConnections && fault.match.covers(request)
                && (!fault.kind.isOfGroups || request.submitsGroup)
        }
    }

    /// The first order in force that meets the event of a job; it is used up by one.
    func meet(_ job: LabJob) -> Fault? {
        meet { $0.kind.isOfEvents && $0.match.covers(job) }
    }

    /// The first order in force that meets a new connection; it is used up by one.
    func meetConnection() -> Fault? {
        meet { $0.kind.isOfConnections }
    }

    private func meet(_ covers: (Fault) -> Bool) -> Fault? {
        state.withLock { state in
            for place in state.entries.indices {
                let fault = state.entries[place].fault
                guard covers(fault), fault.count.map({ (fault.met ?? 0) < $0 }) ?? true else { continue }
                if let every = fault.every, every > 1 {
                    let seen = (fault.seen ?? 0) &+ 1
                    state.entries[place].fault.seen = seen
                    guard seen.isMultiple(of: every) else { continue }
                }
                if let probability = fault.probability {
                    guard state.entries[place].chance.fraction() < probability else { continue }
                }
                state.entries[place].fault.met = (fault.met ?? 0) + 1
                return fault
            }
            return nil
        }
    }
}

/// Sebastiano Vigna's SplitMix64, for chances that come again with the same seed.
struct SplitMix64: Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// From 0 up to but not including 1.
    mutating func fraction() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}

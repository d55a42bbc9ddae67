// SPDX-License-Identifier: Apache-2.0

/// How long after the beginning of one group the next one begins.
package struct GroupPause: Sendable, Equatable {
    /// After a group of one.
    package let shortest: Duration
    /// After a group of any size.
    package let longest: Duration

    /// - Parameter longest: `nil`: as long as the shortest.
    package init(_ shortest: Duration, longest: Duration? = nil) {
        self.shortest = shortest
        self.longest = max(shortest, longest ?? shortest)
    }

    /// As many times the shortest as the group had items: the more there is to do, the larger the groups, and the less a
    /// group costs for each of its items.
    package func after(_ items: Int) -> Duration { min(longest, shortest * max(1, items)) }
}

/// Does for many at once what each caller wants done for one.
///
/// The first item goes at once. Those that arrive while it is under way form the next group, and so on: a quiet fleet
/// waits for nothing, and a busy one does as many at once as there are. Each group is led by one of its callers, so
/// nothing runs when nobody waits, and at most as many wait as there are callers.
package actor Grouping<Item: Sendable, Outcome: Sendable> {
    /// Does the work for a group: one outcome for each item, in their order.
    package typealias Work = @Sendable (_ group: [Item]) async throws -> [Outcome]

    /// What a caller that has waited is to do.
    private enum Turn: Sendable {
        case lead
        /// The group has failed, perhaps because of another's item.
        case goAlone
        case over(Result<Outcome, any Error>)
    }

    private struct Waiter {
        let id: Int
        let item: Item
        let turn: CheckedContinuation<Turn, Never>
    }

    private let maximum: Int
    private let pause: GroupPause
    private let mayConcernOne: @Sendable (any Error) -> Bool
    private let work: Work
    private var waiting: [Waiter] = []
    private var isLed = false
    private var lastID = 0
    private var nextGroup = ContinuousClock.now
    /// The leader that waits for the next group to begin.
    private var leader: (pause: Int, turn: CheckedContinuation<Void, Never>)?
    private var lastPause = 0

    /// - Parameters:
    ///   - maximum: The most items of a group.
    ///   - pause: The time between the beginnings of two groups; a group that is full begins at once.
    ///   - mayConcernOne: Whether what a group has failed with may be the fault of one of its items. Then each is tried
    ///     by itself, so that one item can't keep the others from being done. Otherwise all fail.
    ///   - work: What to do. It is to be safe to repeat.
    package init(
        maximum: Int,
        pause: GroupPause = GroupPause(.zero),
        mayConcernOne: @escaping @Sendable (any Error) -> Bool,
        work: @escaping Work
    ) {
        self.maximum = max(1, maximum)
        self.pause = pause
        self.mayConcernOne = mayConcernOne
        self.work = work
    }

    /// How many wait for a group that has not begun.
    package var waitingCount: Int { waiting.count }

    /// The outcome of `item`, once its group is done.
    ///
    /// - Throws: what the work throws; `CancellationError` if the caller is cancelled before its group has begun. A group
    ///   that has begun goes on to its end.
    package func outcome(of item: Item) async throws -> Outcome {
        try Task.checkCancellation()
        var turn = Turn.lead
        if isLed { turn = await wait(with: item) } else { isLed = true }
        switch turn {
        case .lead: return try await lead(with: item)
        case .goAlone: return try await goAlone(with: item)
        case .over(let result): return try result.get()
        }
    }

    private func wait(with item: Item) async -> Turn {
        lastID += 1
        let id = lastID
        return await withTaskCancellationHandler {
            await withCheckedContinuation {
                waiting.append(Waiter(id: id, item: item, turn: $0))
                if isFull { wakeLeader() }
            }
        } onCancel: {
            Task { await self.withdraw(id) }
        }
    }

    private func withdraw(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).turn.resume(returning: .over(.failure(CancellationError())))
    }

    private func lead(with item: Item) async throws -> Outcome {
        if nextGroup > .now, !isFull { await waitForNextGroup() }
        let began = ContinuousClock.now
        let followers = Array(waiting.prefix(maximum - 1))
        waiting.removeFirst(followers.count)
        let items = [item] + followers.map(\.item)
        nextGroup = began + pause.after(items.count)
        // In a task of its own: that the leader is cancelled must not end the work of the others, and what is logged of
        // theirs must not carry its trace.
        let result = await Task.detached { [work] in try await work(items) }.result
        // The next group needn't wait until this one's callers have gone on.
        if waiting.isEmpty { isLed = false } else { waiting.removeFirst().turn.resume(returning: .lead) }
        switch result {
        case .success(let outcomes):
            precondition(outcomes.count == items.count, "each item has one outcome")
            for (follower, outcome) in zip(followers, outcomes.dropFirst()) {
                follower.turn.resume(returning: .over(.success(outcome)))
            }
            return outcomes[0]
        case .failure(let error):
            let isShared = followers.isEmpty || !mayConcernOne(error)
            for follower in followers {
                follower.turn.resume(returning: isShared ? .over(.failure(error)) : .goAlone)
            }
            guard !isShared else { throw error }
            return try await goAlone(with: item)
        }
    }

    /// Whether those that wait are a whole group with their leader.
    private var isFull: Bool { waiting.count + 1 >= maximum }

    /// Returns when the next group's time has come, or when it is full.
    private func waitForNextGroup() async {
        lastPause += 1
        let pause = lastPause
        let timer = Task { [nextGroup] in
            try? await Task.sleep(until: nextGroup, clock: .continuous)
            self.wakeLeader(of: pause)
        }
        await withCheckedContinuation { leader = (pause, $0) }
        timer.cancel()
    }

    /// - Parameter pause: Only the leader of this pause, which may be over; `nil`: whoever waits.
    private func wakeLeader(of pause: Int? = nil) {
        guard let leader, pause == nil || leader.pause == pause else { return }
        self.leader = nil
        leader.turn.resume()
    }

    private func goAlone(with item: Item) async throws -> Outcome {
        let outcomes = try await work([item])
        precondition(outcomes.count == 1, "each item has one outcome")
        return outcomes[0]
    }
}

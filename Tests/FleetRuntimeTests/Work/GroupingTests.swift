// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Synchronization
import Testing

@Suite("Work in groups", .timeLimit(.minutes(10)))
struct GroupingTests {
    private struct Poisoned: Error {}
    private struct Away: Error {}

    /// Work that goes on when it is told to, and keeps what it was given.
    private final class Workshop: Sendable {
        private let seen = Mutex<[[Int]]>([])
        private let (gate, opening) = AsyncStream.makeStream(of: Void.self)

        var groups: [[Int]] { seen.withLock { $0 } }

        /// Lets the next group be done.
        func letOne() { opening.yield() }

        func work(_ group: [Int]) async throws -> [String] {
            seen.withLock { $0.append(group) }
            for await _ in gate { break }
            if group.contains(-1) { throw Away() }
            if group.contains(0) { throw Poisoned() }
            return group.map { "\($0)" }
        }
    }

    private static func grouping(
        _ workshop: Workshop,
        maximum: Int = 10,
        pause: Duration = .zero
    ) -> Grouping<Int, String> {
        Grouping(maximum: maximum, pause: GroupPause(pause), mayConcernOne: { $0 is Poisoned }) {
            try await workshop.work($0)
        }
    }

    /// Hands items in, each when the one before it waits.
    private static func handIn(_ items: [Int], to grouping: Grouping<Int, String>) async throws -> [Task<
        String, any Error
    >] {
        var tasks: [Task<String, any Error>] = []
        for item in items {
            let before = await grouping.waitingCount
            tasks.append(Task { try await grouping.outcome(of: item) })
            while await grouping.waitingCount == before { await Task.yield() }
        }
        return tasks
    }

    /// One item that is under way.
    private static func begin(_ item: Int, _ grouping: Grouping<Int, String>, _ workshop: Workshop) async throws
        -> Task<String, any Error>
    {
        let task = Task { try await grouping.outcome(of: item) }
        while workshop.groups.isEmpty { await Task.yield() }
        return task
    }

    @Test("The first goes at once; those that come meanwhile are the next group, and no group is larger than it may be")
    func groups() async throws {
        let workshop = Workshop()
        let grouping = Self.grouping(workshop, maximum: 3)
        let first = try await Self.begin(1, grouping, workshop)
        let others = try await Self.handIn([2, 3, 4, 5], to: grouping)
        for _ in 0..<3 { workshop.letOne() }
        #expect(try await first.value == "1")
        for (task, item) in zip(others, 2...) { #expect(try await task.value == "\(item)") }
        #expect(workshop.groups == [[1], [2, 3, 4], [5]])
    }

    @Test("A group that fills up while its leader waits begins at once")
    func full() async throws {
        let workshop = Workshop()
        let grouping = Self.grouping(workshop, maximum: 3, pause: .seconds(3_600))
        for _ in 0..<3 { workshop.letOne() }
        #expect(try await grouping.outcome(of: 1) == "1")
        // The first of these leads, and so does not count as waiting.
        let others = [2, 3, 4].map { item in Task { try await grouping.outcome(of: item) } }
        for (task, item) in zip(others, 2...) { #expect(try await task.value == "\(item)") }
        #expect(workshop.groups.map { $0.sorted() } == [[1], [2, 3, 4]])
    }

    private enum Local {
        @TaskLocal static var value = 0
    }

    @Test("The work of a group is done outside of what its leader is about, such as its trace")
    func leader() async throws {
        let grouping = Grouping<Int, Int>(maximum: 3, mayConcernOne: { _ in true }) { $0.map { _ in Local.value } }
        let seen = try await Local.$value.withValue(7) { try await grouping.outcome(of: 1) }
        #expect(seen == 0)
    }

    @Test("The pause after a group grows with the group, up to its limit")
    func pause() {
        let pause = GroupPause(.milliseconds(20), longest: .milliseconds(100))
        #expect([0, 1, 2, 5, 6, 1_000].map(pause.after) == [20, 20, 40, 100, 100, 100].map { .milliseconds($0) })
        #expect(GroupPause(.seconds(1), longest: .zero).after(7) == .seconds(1))
        #expect(GroupPause(.seconds(1)).after(.max) == .seconds(1))
    }

    @Test("An item that can't be done keeps no other from being done")
    func poisoned() async throws {
        let workshop = Workshop()
        let grouping = Self.grouping(workshop)
        let first = try await Self.begin(1, grouping, workshop)
        let others = try await Self.handIn([2, 0, 3], to: grouping)
        for _ in 0..<5 { workshop.letOne() }
        #expect(try await first.value == "1")
        #expect(try await others[0].value == "2")
        await #expect(throws: Poisoned.self) { try await others[1].value }
        #expect(try await others[2].value == "3")
        #expect(workshop.groups.count == 5)
    }

    @Test("What fails for all fails for all at once")
    func away() async throws {
        let workshop = Workshop()
        let grouping = Self.grouping(workshop)
        let first = try await Self.begin(1, grouping, workshop)
        let others = try await Self.handIn([2, -1, 3], to: grouping)
        for _ in 0..<2 { workshop.letOne() }
        #expect(try await first.value == "1")
        for task in others { await #expect(throws: Away.self) { try await task.value } }
        #expect(workshop.groups == [[1], [2, -1, 3]])
    }

    @Test("Whoever is cancelled while it waits goes away; a leader that is cancelled does its group to the end")
    func cancelled() async throws {
        let workshop = Workshop()
        let grouping = Self.grouping(workshop)
        let first = try await Self.begin(1, grouping, workshop)
        let others = try await Self.handIn([2, 3, 4], to: grouping)
        others[1].cancel()
        await #expect(throws: CancellationError.self) { try await others[1].value }
        workshop.letOne()
        #expect(try await first.value == "1")
        while workshop.groups.count < 2 { await Task.yield() }
        others[0].cancel()
        workshop.letOne()
        #expect(try await others[2].value == "4")
        #expect(try await others[0].value == "2")
        #expect(workshop.groups == [[1], [2, 4]])
    }

    @Test("A thousand at once have each their own outcome")
    func many() async throws {
        let grouping = Grouping<Int, Int>(maximum: 7, mayConcernOne: { _ in true }) { group in
            await Task.yield()
            return group.map { $0 * 2 }
        }
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            for item in 0..<1_000 { tasks.addTask { try await grouping.outcome(of: item) == item * 2 } }
            for try await isRight in tasks { #expect(isRight) }
        }
        #expect(await grouping.waitingCount == 0)
    }
}

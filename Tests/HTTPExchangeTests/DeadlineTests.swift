// SPDX-License-Identifier: Apache-2.0

import Deadlines
import Testing

@Suite("Deadlines", .timeLimit(.minutes(10)))
struct DeadlineTests {
    private struct Fault: Error {}

    @Test("What ends in time is returned, or thrown")
    func inTime() async throws {
        #expect(try await withDeadline(.seconds(600)) { 7 } == 7)
        await #expect(throws: Fault.self) { try await withDeadline(.seconds(600)) { throw Fault() } }
    }

    @Test("What takes longer is cancelled, and waited for")
    func late() async throws {
        let ended = AsyncStream.makeStream(of: Void.self)
        let value: Int? = try await withDeadline(.milliseconds(1)) {
            try? await Task.sleep(for: .seconds(3_600))
            ended.continuation.yield()
            return 1
        }
        #expect(value == nil)
        for await _ in ended.stream { break }
    }

    @Test("A time that has passed is no time")
    func passed() async throws {
        let value: Int? = try await withDeadline(until: .now - .seconds(1)) {
            try await Task.sleep(for: .seconds(3_600))
            return 1
        }
        #expect(value == nil)
    }

    @Test("Whoever is cancelled is told so")
    func cancelled() async {
        let task = Task { try await withDeadline(.seconds(600)) { try await Task.sleep(for: .seconds(3_600)) } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("Whatever comes first ends the other")
    func first() async throws {
        #expect(try await withInterruption(by: { try await Task.sleep(for: .seconds(3_600)) }) { 1 } == 1)
        let value: Int? = try await withInterruption(by: {}) {
            try await Task.sleep(for: .seconds(3_600))
            return 1
        }
        #expect(value == nil)
    }
}

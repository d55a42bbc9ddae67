// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LAVA

@Suite(.timeLimit(.minutes(10))) struct EventsBufferTests {
    private static func event(_ job: Int) -> LAVAEvent { .job(LAVAJobEvent(job: job, state: .running)) }

    @Test("What comes while it is full is dropped, and a mark stands in its place, once for each gap")
    func overflow() async throws {
        let buffer = EventBuffer(capacity: 3)
        for job in 1...5 { buffer.add(Self.event(job)) }
        #expect(buffer.counts.dropped == 3)
        #expect(try await buffer.next() == Self.event(1))
        #expect(try await buffer.next() == Self.event(2))
        buffer.add(Self.event(6))
        for job in 7...9 { buffer.add(Self.event(job)) }
        buffer.finish(.success(()))
        buffer.add(Self.event(10))
        var rest: [LAVAEvent] = []
        while let event = try await buffer.next() { rest.append(event) }
        #expect(rest == [.overflow, Self.event(6), .overflow])
        #expect(buffer.counts.dropped == 6)
    }

    @Test("What came before the end is given before it, and only the first end counts") func ending() async throws {
        let buffer = EventBuffer(capacity: 10)
        buffer.add(.connected)
        let failure = LAVAError(kind: .timeout, requestMayHaveBeenProcessed: false)
        buffer.finish(.failure(failure))
        buffer.finish(.success(()))
        #expect(try await buffer.next() == .connected)
        await #expect(throws: failure) { try await buffer.next() }
        await #expect(throws: failure) { try await buffer.next() }
    }

    @Test(
        "A task that waits is woken by an event, an end, or its cancellation",
        arguments: ["add", "finish", "cancel"]
    )
    func waking(by what: String) async throws {
        for _ in 0..<200 {
            let buffer = EventBuffer(capacity: 10)
            let task = Task { try await buffer.next() }
            await Task.yield()
            switch what {
            case "add": buffer.add(.connected)
            case "finish": buffer.finish(.success(()))
            default: task.cancel()
            }
            let result = await task.result
            switch what {
            case "add": #expect(try result.get() == .connected)
            case "finish": #expect(try result.get() == nil)
            default:
                #expect(throws: LAVAError(kind: .cancelled, requestMayHaveBeenProcessed: false)) { try result.get() }
            }
        }
    }
}

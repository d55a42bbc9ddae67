// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Logging
import Synchronization
import Testing

@Suite("What is done again and again", .timeLimit(.minutes(10)))
struct RepeatTests {
    /// Keeps what is logged.
    private final class Lines: Sendable {
        let lines = Mutex<[String]>([])

        var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.lines.withLock { $0.append("\(event.message)") } }
    }

    private struct Broken: Error {}

    @Test("A failure is told once, and that it has passed")
    func failure() async {
        let lines = Lines()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var turns = 0
                await repeatUntilShutdown(every: .milliseconds(1), logger: lines.logger, "turning") {
                    turns += 1
                    if turns <= 3 { throw Broken() }
                }
            }
            while lines.lines.withLock({ $0.count }) < 2 {
                try? await Task.sleep(for: .milliseconds(5))
            }
            group.cancelAll()
        }
        #expect(lines.lines.withLock { $0 } == ["failed, trying again", "works again"])
    }

    @Test("Who is told to stop has not failed, whatever it throws for that")
    func cancelled() async throws {
        let lines = Lines()
        let begun = Flag()
        let task = Task {
            await repeatUntilShutdown(every: .milliseconds(1), logger: lines.logger, "turning") {
                begun.set()
                try? await Task.sleep(for: .seconds(3_600))
                throw Broken()
            }
        }
        #expect(await begun.wait())
        task.cancel()
        await task.value
        #expect(lines.lines.withLock { $0 }.isEmpty)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Dispatch
import FleetRuntime
import Glibc
import Synchronization

/// Lets a person stop whatever the command does with ^C, or a supervisor with SIGTERM.
///
/// The first signal cancels the work and gives it a moment to put things in order; the second ends the program at once.
final class Interruption: Sendable {
    private struct State {
        /// What a person is told who stops the command now.
        var words = CommandFailure(.interrupted, "interrupted")
        /// What that person was told, once it has happened.
        var told: CommandFailure?
        var work: Task<Void, any Error>?
        var isOver = false
    }

    private let state = Mutex(State())

    @TaskLocal private static var current: Interruption?

    /// How long work that was cancelled may take to end. What hangs, for example in a read of a terminal, is left.
    private static let grace = DispatchTimeInterval.seconds(2)

    /// Carries out the command.
    ///
    /// - Throws: what `command` throws; once it was interrupted, the failure that says so.
    static func watch(_ command: sending @escaping () async throws -> Void) async throws {
        let interruption = Interruption()
        let listener = await StopSignals.listen { _ in interruption.interrupt() }
        let work = Task { try await $current.withValue(interruption, operation: command) }
        interruption.begin(work)
        let outcome = await work.result
        listener.end()
        let told = interruption.end()
        if case .failure(let error) = outcome { throw told ?? error }
    }

    /// Has a person who stops the command during `body` told `words`.
    static func telling<Result>(_ words: CommandFailure, _ body: () async throws -> Result) async throws -> Result {
        guard let current else { return try await body() }
        let before = current.exchange(words)
        defer { _ = current.exchange(before) }
        return try await body()
    }

    private func exchange(_ words: CommandFailure) -> CommandFailure {
        state.withLock { state in
            defer { state.words = words }
            return state.words
        }
    }

    private func begin(_ work: Task<Void, any Error>) {
        let isInterrupted = state.withLock { state in
            state.work = work
            return state.told != nil
        }
        if isInterrupted { work.cancel() }
    }

    /// - Returns: what a person is told, if somebody has stopped it.
    private func end() -> CommandFailure? {
        state.withLock { state in
            state.isOver = true
            return state.told
        }
    }

    /// Called on a thread of Dispatch's: the command's own may all be in calls that block.
    private func interrupt() {
        let (isFirst, work) = state.withLock { state in
            defer { state.told = state.told ?? state.words }
            return (state.told == nil, state.work)
        }
        guard isFirst else { _exit(ExitStatus.interrupted.rawValue) }
        work?.cancel()
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.grace) { self.leave() }
    }

    /// Ends the program although its work goes on.
    private func leave() {
        let words = state.withLock { $0.isOver ? nil : $0.told }
        guard let words else { return }
        // A progress line may still be open.
        if Terminal.error.isTerminal { StandardStream.error.write("\n") }
        words.show()
        _exit(words.status.rawValue)
    }
}

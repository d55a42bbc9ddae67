// SPDX-License-Identifier: Apache-2.0

internal import NIOPosix

/// Where definitions are parsed, ours of up to 10 MiB and a lab's: not on Swift's pool, which has one thread a core and
/// would answer nobody meanwhile.
enum ParsingThreads {
    /// Does the work, unless the task is cancelled before it begins. Whoever calls has a request's worth of it at a time, so
    /// what waits is bounded by the requests that may be open.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive(work)
    }
}

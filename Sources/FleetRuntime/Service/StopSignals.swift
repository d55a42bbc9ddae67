// SPDX-License-Identifier: Apache-2.0

@preconcurrency import Dispatch
import Foundation
import Glibc
import Synchronization

/// The signals that ask a process to stop.
///
/// They are trapped once and for the rest of the process: putting a disposition back and trapping again is not
/// something that libdispatch survives.
package enum StopSignals {
    /// Who is told of signals, by a number of no meaning.
    private static let listeners = Mutex<(next: Int, handlers: [Int: @Sendable (_ name: String) -> Void])>((0, [:]))

    private static let installation = Task {
        for (number, name) in [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")] {
            await trap(number) { tell(name, number) }
        }
    }

    /// Somebody who is told of signals until ``end()``.
    package struct Listener: Sendable {
        fileprivate let number: Int

        /// Ends it. While nobody listens, a signal ends the process as if nothing had been trapped.
        package func end() { StopSignals.listeners.withLock { _ = $0.handlers.removeValue(forKey: number) } }
    }

    /// Traps SIGTERM and SIGINT, and has `handler` told the name of each as it comes, on a thread of its own.
    package static func listen(_ handler: @escaping @Sendable (_ name: String) -> Void) async -> Listener {
        await installation.value
        return Listener(
            number: listeners.withLock { listeners in
                listeners.next += 1
                listeners.handlers[listeners.next] = handler
                return listeners.next
            }
        )
    }

    /// Traps SIGTERM and SIGINT, and gives their names as they come.
    ///
    /// More than a few at once mean no more than the last of them, so only those are kept. While nobody reads such a
    /// stream a signal ends the process, as if nothing had been trapped.
    static func trapped() async -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(4))
        let listener = await listen { continuation.yield($0) }
        continuation.onTermination = { _ in listener.end() }
        return stream
    }

    private static func tell(_ name: String, _ number: Int32) {
        let handlers = listeners.withLock { Array($0.handlers.values) }
        if handlers.isEmpty { _exit(128 + number) }
        for handler in handlers { handler(name) }
    }
}

/// The signal that asks a worker to read its configuration again: SIGHUP.
package enum ReloadSignal {
    private static let listeners = Mutex<[AsyncStream<Void>.Continuation]>([])

    private static let installation = Task {
        await trap(SIGHUP) { listeners.withLock { for listener in $0 { listener.yield() } } }
    }

    /// Traps SIGHUP for the rest of the process. What comes before the one before it was looked at adds nothing to it.
    package static func trapped() async -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        listeners.withLock { $0.append(continuation) }
        await installation.value
        return stream
    }
}

/// Has `handler` called on a thread of its own each time that a signal comes, and no longer the system's default.
private func trap(_ number: Int32, _ handler: @escaping @Sendable () -> Void) async {
    // Without this the default action would end the process before the source sees the signal.
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    // The handler holds its source, which so lives as long as the process.
    source.setEventHandler {
        _ = source
        handler()
    }
    // A signal that comes before the source is registered would be lost.
    await withCheckedContinuation { registered in
        source.setRegistrationHandler { registered.resume() }
        source.resume()
    }
}

/// Ends the process with this status, once what was printed is out.
///
/// Not by `exit`: OpenSSL cleans up there, and crashes if the thread of a connection over TLS ends at that moment. The
/// status would then be that of the crash.
package func endProcess(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
}

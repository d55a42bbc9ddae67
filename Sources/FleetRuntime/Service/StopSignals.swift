// SPDX-License-Identifier: Apache-2.0

@preconcurrency import Dispatch
import Glibc

/// The signals that ask a process to stop.
enum StopSignals {
    /// Traps SIGTERM and SIGINT while the stream is read, and gives their names as they come.
    ///
    /// More than a few at once mean no more than the last of them, so only those are kept.
    static func trapped() -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(4))
        let sources = [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")].map { number, name in
            // Without this the default action would end the process before the source sees the signal.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(name) }
            source.resume()
            return source
        }
        continuation.onTermination = { _ in
            for source in sources { source.cancel() }
            // Who still runs now is ended by the next signal, as if nothing had been trapped.
            signal(SIGTERM, SIG_DFL)
            signal(SIGINT, SIG_DFL)
        }
        return stream
    }
}

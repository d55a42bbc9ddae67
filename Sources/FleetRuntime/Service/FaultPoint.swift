// SPDX-License-Identifier: Apache-2.0

#if DEBUG
import Foundation
import Glibc
import Synchronization

/// Which fault point is to kill the process, and at which passage.
private struct ArmedFault {
    let name: String
    let passage: Int

    /// From `name` or `name@N`.
    init?(_ text: String?) {
        guard let text, !text.isEmpty else { return nil }
        let parts = text.split(separator: "@", maxSplits: 1)
        guard let name = parts.first else { return nil }
        self.name = String(name)
        self.passage = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
    }

    static let inForce = ArmedFault(ProcessInfo.processInfo.environment["MUSTER_FAULT"])
    static let passages = Mutex(0)
}
#endif

/// A place at which a test may have the process die without warning.
///
/// In debug builds, when `MUSTER_FAULT` is `name`, or `name@N` for the N-th passage, the process kills itself with
/// SIGKILL here, as a crash or a power cut would. Release builds hold none of this.
@inlinable
package func faultPoint(_ name: StaticString) {
    #if DEBUG
    passFaultPoint(name)
    #endif
}

#if DEBUG
@usableFromInline
func passFaultPoint(_ name: StaticString) {
    guard let fault = ArmedFault.inForce, fault.name == name.description else { return }
    let passage = ArmedFault.passages.withLock { count in
        count += 1
        return count
    }
    if passage == fault.passage { kill(getpid(), SIGKILL) }
}
#endif

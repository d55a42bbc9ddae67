// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Glibc
package import Synchronization

/// Starts a program with its output at the end of a file and nothing on its standard input.
///
/// Not by Foundation's `Process`: it waits for whatever the program leaves running as well, and reads beyond the end of
/// the list of open files where that is long, which it is while a proxy carries a fleet's connections.
package func spawn(
    _ path: String,
    _ arguments: [String],
    environment: [String: String] = ProcessInfo.processInfo.environment,
    log: URL
) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    letSignalsThrough(&attributes)
    let argv = ([path] + arguments).map { strdup($0) } + [nil]
    let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid = pid_t()
    let failure = inheritance.withLock { _ in posix_spawn(&pid, path, &actions, &attributes, argv, envp) }
    guard failure == 0 else { throw NotStarted(path: path, reason: String(cString: strerror(failure))) }
    return pid
}

/// Swift's threads block most signals, and a program would have that from them: a broker that a test has started anew
/// would not hear that it is to end.
private func letSignalsThrough(_ attributes: inout posix_spawnattr_t) {
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
}

/// Held while a program is started, and while a socket is there that is not yet marked as nobody else's: a connection
/// that a child has as well is not closed when it is cut.
package let inheritance = Mutex(())

/// Marks a descriptor as nobody's but ours.
package func keep(_ descriptor: Int32) -> Int32 {
    if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    return descriptor
}

/// A program could not be started.
private struct NotStarted: Error, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String { "\(path) could not be started: \(reason)" }
}

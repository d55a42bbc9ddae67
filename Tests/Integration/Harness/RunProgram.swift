// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// Runs a program to its end, with its output in a file, and returns its exit status.
///
/// Not by Foundation's `Process`, which waits for whatever the program leaves running as well: servers, here.
func runProgram(_ path: String, _ arguments: [String], log: URL, within limit: Duration) async throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var pid = pid_t()
    let argv = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    let failure = posix_spawn(&pid, path, &actions, nil, argv, environ)
    guard failure == 0 else {
        throw NeverHappened(what: path, limit: limit, detail: String(cString: strerror(failure)))
    }
    var status: Int32 = 0
    let child = pid
    try await eventually(within: limit, "\(path) to end") {
        var current: Int32 = 0
        guard waitpid(child, &current, WNOHANG) == child else { return false }
        status = current
        return true
    }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
}

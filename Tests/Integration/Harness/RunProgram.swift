// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// Runs a program to its end, with its output in a file, and returns its exit status.
func runProgram(_ path: String, _ arguments: [String], log: URL, within limit: Duration) async throws -> Int32 {
    let child = try spawn(path, arguments, log: log)
    var status: Int32 = 0
    try await eventually(within: limit, "\(path) to end") {
        var current: Int32 = 0
        guard waitpid(child, &current, WNOHANG) == child else { return false }
        status = current
        return true
    }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
}

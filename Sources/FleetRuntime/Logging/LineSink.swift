// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where log lines go: each is handed over whole.
struct LineSink: Sendable {
    let write: @Sendable (String) -> Void

    init(_ write: @escaping @Sendable (String) -> Void) {
        self.write = write
    }

    /// Standard error. A line is one `write`, so the lines of several threads don't mix; what can't be written is
    /// lost, since there is nowhere to complain to.
    static let standardError = LineSink { line in
        var bytes = Array(line.utf8)
        bytes.append(UInt8(ascii: "\n"))
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }
}

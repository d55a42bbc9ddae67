// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard output or standard error, written to without a buffer: what has been said has been said.
struct StandardStream: Sendable {
    /// Where results go.
    static let output = StandardStream(descriptor: STDOUT_FILENO)
    /// Where everything else goes.
    static let error = StandardStream(descriptor: STDERR_FILENO)

    let descriptor: Int32

    /// Writes text and ends the line.
    func line(_ text: String) { write(text + "\n") }

    /// Writes text as it is.
    func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes bytes as they are; what nobody reads any more is dropped.
    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }
}

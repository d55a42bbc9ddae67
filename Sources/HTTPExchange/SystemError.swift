// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The system's words for a failed connection.
enum SystemError {
    /// The words for an `errno`; like all of ours they begin with a small letter.
    static func words(_ number: CInt) -> String {
        guard let text = strerror(number).map({ String(cString: $0) }), let first = text.first else {
            return "no connection"
        }
        return first.lowercased() + text.dropFirst()
    }

    /// Whether nobody listens there.
    static func isRefusal(_ number: CInt) -> Bool { number == ECONNREFUSED }
}

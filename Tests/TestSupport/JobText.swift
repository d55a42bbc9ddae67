// SPDX-License-Identifier: Apache-2.0

/// Jobs as the text of a file.
package enum JobText {
    /// One job.
    package static func job(_ number: Int, backend: String = "lab-a") -> String {
        #"{"environment": "env-\#(number)", "backend": "\#(backend)", "definition": "a: \#(number)"}"#
    }

    /// A jobset as JSON lines.
    package static func lines(_ count: Int, head: String = #"{"build": "/g/p/1"}"#) -> String {
        ([head] + (0..<count).map { job($0) }).joined(separator: "\n") + "\n"
    }
}

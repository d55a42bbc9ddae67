// SPDX-License-Identifier: Apache-2.0

/// A job in one line, the same wherever it is shown.
package enum JobTitle {
    /// `qemu-arm64 ltp`; an environment has no space in it.
    package static func line(_ environment: String, _ name: String?) -> String {
        name.map { "\(environment) \($0)" } ?? environment
    }
}

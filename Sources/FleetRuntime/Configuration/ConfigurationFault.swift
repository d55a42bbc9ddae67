// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with the configuration.
///
/// It names the key and never repeats the value of a secret.
package struct ConfigurationFault: Sendable, Hashable, CustomStringConvertible {
    /// The key, with dots between its parts, for example `backends.lab-a.token`; empty for the file as a whole.
    package let key: String
    /// Where the value came from: `muster.yaml:12`, or the name of an environment variable; `nil` when it is missing.
    package let source: String?
    /// What is wrong and what would be right.
    package let reason: String

    /// A fault of `key`.
    package init(key: String, source: String? = nil, reason: String) {
        self.key = key
        self.source = source
        self.reason = reason
    }

    /// Where it came from, the key, and what is wrong, in one line.
    package var description: String {
        let place = source.map { "\($0): " } ?? ""
        return key.isEmpty ? "\(place)\(reason)" : "\(place)\(key) \(reason)"
    }
}

/// Everything that is wrong with a configuration, found in one reading.
package struct ConfigurationFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// The faults: those of the file's shape, then the others in the order of the keys; never empty when thrown.
    package let faults: [ConfigurationFault]

    package init(_ faults: [ConfigurationFault]) {
        self.faults = faults
    }

    /// One fault a line.
    package var description: String { faults.map(\.description).joined(separator: "\n") }
}

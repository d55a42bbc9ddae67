// SPDX-License-Identifier: Apache-2.0

/// Everything that is wrong with a configuration, found in one reading.
public struct ConfigurationFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// The faults, in the order of the keys; never empty when thrown.
    public let faults: [ConfigurationFault]

    /// These faults.
    public init(_ faults: [ConfigurationFault]) {
        self.faults = faults
    }

    /// One fault a line.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

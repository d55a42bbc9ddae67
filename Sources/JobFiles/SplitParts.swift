// SPDX-License-Identifier: Apache-2.0

package import YAML

/// One job of a file, as it stands there.
package struct SplitJob: Equatable {
    /// Its JSON, without white space around it.
    package let text: [UInt8]
    package let place: TextPosition
}

/// One member of a document besides its jobs, as it stands there.
package struct SplitMember: Sendable, Equatable {
    /// The key, read.
    package let key: String
    /// The key's JSON.
    package let keyText: [UInt8]
    /// The value's JSON.
    package let value: [UInt8]
    package let place: TextPosition

    /// Its JSON.
    package var text: [UInt8] { keyText + [UInt8(ascii: ":")] + value }
}

/// Where and why a file can't be split into its jobs.
package struct BrokenJobFile: Error, Equatable, CustomStringConvertible {
    package let place: TextPosition
    package let problem: String

    package var description: String { "\(place): \(problem)" }
}

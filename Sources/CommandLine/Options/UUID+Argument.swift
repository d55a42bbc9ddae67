// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser

package import struct Foundation.UUID

extension UUID: @retroactive ExpressibleByArgument {
    /// A jobset's id as `submit` printed it, in capitals or not.
    package init?(argument: String) {
        self.init(uuidString: argument)
    }
}

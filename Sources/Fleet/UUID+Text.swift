// SPDX-License-Identifier: Apache-2.0

package import struct Foundation.UUID

extension UUID {
    /// As Muster writes ids everywhere; Foundation writes capitals.
    package var text: String { uuidString.lowercased() }
}

// SPDX-License-Identifier: Apache-2.0

public import struct Foundation.UUID

extension UUID {
    /// As Muster writes ids everywhere; Foundation writes capitals.
    public var text: String { uuidString.lowercased() }
}

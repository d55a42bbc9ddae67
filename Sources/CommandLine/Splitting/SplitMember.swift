// SPDX-License-Identifier: Apache-2.0

/// One member of a document besides its jobs, as it stands there.
struct SplitMember: Sendable, Equatable {
    /// The key, read.
    let key: String
    /// The key's JSON.
    let keyText: [UInt8]
    /// The value's JSON.
    let value: [UInt8]
    /// Where it begins.
    let place: TextPlace
}

// SPDX-License-Identifier: Apache-2.0

/// One job of a file, as it stands there.
struct SplitJob: Equatable {
    /// Its JSON, without white space around it.
    let text: [UInt8]
    /// Where it begins.
    let place: TextPlace
}

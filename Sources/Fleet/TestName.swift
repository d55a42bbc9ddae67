// SPDX-License-Identifier: Apache-2.0

/// What a test is called: its suite, test set and case, as their authors named them.
///
/// By its name a test is found again in other builds, so nothing is part of it that comes from where it stands.
package enum TestName {
    /// LAVA's own suite.
    package static let lava = "lava"

    /// The suite's name without the place of its test definition in the job, which LAVA puts before it: `ltp` of `3_ltp`.
    ///
    /// A test definition that is called `lava` keeps its place: LAVA's own suite is another.
    package static func suite(_ name: String) -> String {
        let digits = name.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let rest = name.utf8[digits.endIndex...]
        guard !digits.isEmpty, rest.first == UInt8(ascii: "_"), rest.count > 1 else { return name }
        let authored = String(Substring(rest.dropFirst()))
        return authored == lava ? name : authored
    }

    /// The case's name behind that of its test set, if it is in one: `video0/Control`.
    package static func name(_ name: String, in set: String?) -> String {
        guard let set, !set.isEmpty else { return name }
        return "\(set)/\(name)"
    }
}

// SPDX-License-Identifier: Apache-2.0

/// What a command needs of the fleet can't be worked with.
struct FleetAbsence: Error, CustomStringConvertible {
    /// Who is away: `the broker`.
    let who: String
    let reason: String
    /// What to do about it.
    let advice: String
    /// Whether it may be there again without anybody doing something here.
    var mayPass = true

    var description: String { "\(who) can't be used: \(reason)" }
}

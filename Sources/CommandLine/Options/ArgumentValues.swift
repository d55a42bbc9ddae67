// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
package import Fleet
package import Foundation

/// One project: `group/project`.
package struct ProjectName: ExpressibleByArgument, CustomStringConvertible, Sendable {
    package let group: String
    package let project: String

    package init?(argument: String) {
        guard case .project(let group, let project) = ProjectScope(argument) else { return nil }
        (self.group, self.project) = (group, project)
    }

    package var description: String { "\(group)/\(project)" }
}

/// What a token is for: `read,submit`.
struct AbilityList: ExpressibleByArgument, CustomStringConvertible, Sendable, Equatable {
    let abilities: Set<Ability>

    /// Known abilities.
    init(abilities: Set<Ability>) { self.abilities = abilities }

    /// As a token has them; what this program does not know is left out.
    init(words: [String]) { abilities = Set(words.compactMap(Ability.init(rawValue:))) }

    /// Words with commas between; nil when one is unknown.
    init?(argument: String) {
        let words = argument.split(separator: ",").map { String($0.filter { $0 != " " }) }
        let found = words.compactMap(Ability.init(rawValue:))
        guard !words.isEmpty, found.count == words.count else { return nil }
        abilities = Set(found)
    }

    /// As it is given.
    var description: String { Ability.allCases.filter(abilities.contains).map(\.rawValue).joined(separator: ",") }

    /// For help and completion.
    static var allValueStrings: [String] { Ability.allCases.map(\.rawValue) }
}

/// `NAME=VALUE`: a label that jobsets must have.
struct LabelCondition: ExpressibleByArgument, Sendable {
    let name: String
    let value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        (name, value) = (parts[0], parts[1])
    }
}

/// A delivery's id as `muster deliveries` shows it, or as its receiver was told it: `msg_` and the same.
struct DeliveryID: ExpressibleByArgument {
    let id: UUID

    init?(argument: String) {
        let text = argument.hasPrefix("msg_") ? String(argument.dropFirst(4)) : argument
        guard let id = UUID(uuidString: text) else { return nil }
        self.id = id
    }
}

/// How many at most: 1 to 100,000.
struct CountLimit: ExpressibleByArgument, CustomStringConvertible, Sendable, Equatable {
    /// The most that are meant.
    let value: Int

    var description: String { "\(value)" }

    /// A limit that is known to be right.
    init(_ value: Int) {
        self.value = min(max(value, 1), 100_000)
    }

    /// A limit from its digits; nil for everything that is none.
    init?(argument: String) {
        guard let number = Int(argument), (1...100_000).contains(number) else { return nil }
        value = number
    }
}

/// A limit given on the command line in seconds: more than 0 and at most a year.
package struct Seconds: ExpressibleByArgument, CustomStringConvertible, Sendable, Equatable {
    /// The limit.
    package let duration: Duration
    /// As it was given.
    package let description: String

    /// A limit of whole seconds that is known to be right.
    package init(whole seconds: Int) {
        duration = .seconds(seconds)
        description = "\(seconds)"
    }

    /// A limit from `30` or `0.5`; nil for everything that is none.
    package init?(argument: String) {
        guard let seconds = Double(argument), seconds > 0, seconds <= 31_536_000 else { return nil }
        duration = .seconds(seconds)
        description = argument
    }
}

/// A time by RFC 3339, such as `2026-11-26T12:00:00Z`, the beginning of a day in UTC, such as `2026-11-26`, or how long ago it
/// was, such as `90m`.
package struct Time: ExpressibleByArgument, Sendable {
    package let date: Date

    /// The seconds of the units in which an age is given.
    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]

    package init?(argument: String) { self.init(argument: argument, now: .now) }

    init?(argument: String, now: Date) {
        if let date = Date(rfc3339: argument) ?? Date(rfc3339: argument + "T00:00:00Z") {
            self.date = date
            return
        }
        guard let unit = argument.last.flatMap({ Self.units[$0] }), argument.count <= 10,
            argument.dropLast().allSatisfy({ ("0"..."9").contains($0) }), let count = Int(argument.dropLast())
        else { return nil }
        date = now.addingTimeInterval(-Double(count) * unit)
        // There was no fleet before.
        guard date.timeIntervalSince1970 >= 0 else { return nil }
    }
}

/// A time until the deadline in whole seconds, or `none`.
struct TimeoutChange: ExpressibleByArgument, Sendable, Equatable {
    /// The time; nil takes the deadline away.
    let timeout: Duration?

    /// `3600` or `none`; nil for everything else, and beyond a year.
    init?(argument: String) {
        if argument == "none" {
            timeout = nil
        } else {
            guard let seconds = Int(argument), (1...31_536_000).contains(seconds) else { return nil }
            timeout = .seconds(seconds)
        }
    }
}

/// A limit of failures, or `none`.
struct FailureLimitChange: ExpressibleByArgument, Sendable, Equatable {
    /// The limit; nil takes it away.
    let limit: FailureLimit?

    /// `12`, `12%` or `none`; nil for everything else.
    init?(argument: String) {
        if argument == "none" {
            limit = nil
        } else {
            guard let limit = FailureLimit(argument) else { return nil }
            self.limit = limit
        }
    }
}

extension ProjectScope: ExpressibleByArgument {
    /// `group/project`, `group/*` or `*`.
    package init?(argument: String) {
        self.init(argument)
    }
}

extension JobsetState: ExpressibleByArgument {}
extension JobState: ExpressibleByArgument {}
extension JobOutcome: ExpressibleByArgument {}
extension ResultStatus: ExpressibleByArgument {}
extension Verdict: ExpressibleByArgument {}

extension UUID: @retroactive ExpressibleByArgument {
    /// A jobset's id as `submit` printed it, in capitals or not.
    package init?(argument: String) {
        self.init(uuidString: argument)
    }
}

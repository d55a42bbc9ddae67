// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An answer that says what was refused and everything that is wrong with it, in the shape of RFC 9457.
package struct Problem: Sendable, Hashable, Error {
    /// The media type of an encoded problem.
    package static let contentType = "application/problem+json"
    /// What the type of every problem of ours begins with.
    private static let typePrefix = "urn:muster:problem:"

    /// A URI reference that names the kind of problem.
    package var type: String
    /// The kind of problem in a few words, the same for all of its kind.
    package var title: String
    /// The HTTP status that fits it, also where no HTTP is spoken.
    package var status: Int
    /// What happened this time, as a sentence.
    package var detail: String
    /// Everything that is wrong, with where and why.
    package var errors: [Fault]
    /// What else a program can read of it, by a name of one word. Which members there are depends on the type.
    package var members: [String: Member]

    /// A value of a member.
    package enum Member: Sendable, Hashable {
        case number(Int)
        case text(String)
        case texts([String])
    }

    /// A problem from its parts.
    package init(
        type: String,
        title: String,
        status: Int,
        detail: String,
        errors: [Fault] = [],
        members: [String: Member] = [:]
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.errors = errors
        self.members = members
    }

    /// The type of the problems that are called this.
    package static func type(named name: String) -> String { typePrefix + name }

    /// What its type is called, if the type is one of ours.
    package var name: String? {
        type.hasPrefix(Self.typePrefix) ? String(type.dropFirst(Self.typePrefix.count)) : nil
    }

    /// The document can't be accepted, for the reasons in `faults`.
    package static func invalidDocument(_ faults: [Fault]) -> Problem {
        Problem(
            type: type(named: "invalid-document"),
            title: "The jobset document is not valid",
            status: 400,
            detail: faults.count == 1 ? "1 error." : "\(faults.count) errors.",
            errors: faults
        )
    }

    /// The most faults of a request that are told one by one.
    private static let maximumFaults = 100

    /// Something about a request makes no sense, for the reasons in `faults`.
    package static func badRequest(_ faults: [Fault]) -> Problem {
        Problem(
            type: type(named: "bad-request"),
            title: "The request is not valid",
            status: 400,
            detail: faults.count == 1 ? "1 error." : "\(faults.count) errors.",
            errors: Array(faults.prefix(maximumFaults))
        )
    }

    /// Why a document may not name jobs that a lab has already.
    package static let watchRule = "its sender may not name jobs that a lab has already"
    /// Why a callback may not be signed with a secret.
    package static let signRule = "is a secret for other projects; callback.secrets.*.projects says for which"
    /// The document's callback is to be signed with a secret of other projects.
    package static let mayNotSign = invalidDocument([Fault(pointer: "/callback/secret", reason: signRule)])

    /// How many jobs a problem lists one by one.
    private static let listedJobs = 100

    /// The document names jobs that a lab has already, and its sender may not.
    package static func mayNotWatch(_ jobs: [JobEntry]) -> Problem {
        let watched = jobs.indices.lazy.filter { jobs[$0].labJob != nil }.prefix(listedJobs)
        return Problem(
            type: type(named: "may-not-watch"),
            title: "Jobs that a lab has already may not be named",
            status: 403,
            detail:
                "Over HTTP it takes a token that may `watch`, over the broker the project in ingest.watch_projects.",
            errors: watched.map { Fault(pointer: "/jobs/\($0)/lab_job", reason: watchRule) }
        )
    }
}

extension Problem {
    /// The problem that a refusal is.
    package init(_ refusal: FleetRefusal) {
        guard let (name, members) = Self.parts(of: refusal) else {
            preconditionFailure("\(refusal) has no type of problem")
        }
        let (status, title) = refusal.heading
        let detail = refusal.description
        self.init(
            type: Self.type(named: name),
            title: title,
            status: status,
            detail: detail.prefix(1).uppercased() + detail.dropFirst() + ".",
            errors: refusal.faults,
            members: members
        )
    }

    /// Whether it is of the type of such refusals, also one that an earlier version made without members.
    package func isRefusal(_ kind: FleetRefusal.CodingKeys) -> Bool { name == kind.rawValue }

    /// The refusal that this problem is; `nil` for another type of problem, or one whose members are not as they should
    /// be.
    package var refusal: FleetRefusal? {
        guard let name, let coded = try? JSONEncoder().encode([name: members]) else { return nil }
        return try? JSONDecoder().decode(FleetRefusal.self, from: coded)
    }

    private static func parts(of refusal: FleetRefusal) -> (name: String, members: [String: Member])? {
        let coded = try? JSONDecoder().decode([String: [String: Member]].self, from: JSONEncoder().encode(refusal))
        return coded?.first.map { ($0.key, $0.value) }
    }
}

extension Problem: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case type, title, status, detail, errors
    }

    /// The name of a member.
    private struct MemberKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Reads a problem. Members of a shape that is not known are left out.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let others = try decoder.container(keyedBy: MemberKey.self)
        let known = Set(CodingKeys.allCases.map(\.stringValue))
        let members = others.allKeys.filter { !known.contains($0.stringValue) }.compactMap { key in
            (try? others.decode(Member.self, forKey: key)).map { (key.stringValue, $0) }
        }
        self.init(
            type: try values.decode(String.self, forKey: .type),
            title: try values.decode(String.self, forKey: .title),
            status: try values.decode(Int.self, forKey: .status),
            detail: try values.decode(String.self, forKey: .detail),
            errors: try values.decode([Fault].self, forKey: .errors),
            members: Dictionary(members) { first, _ in first }
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(type, forKey: .type)
        try values.encode(title, forKey: .title)
        try values.encode(status, forKey: .status)
        try values.encode(detail, forKey: .detail)
        try values.encode(errors, forKey: .errors)
        var others = encoder.container(keyedBy: MemberKey.self)
        for (name, member) in members { try others.encode(member, forKey: MemberKey(stringValue: name)) }
    }
}

extension Problem.Member: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Int.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else {
            self = .texts(try value.decode([String].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .number(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        case .texts(let texts): try value.encode(texts)
        }
    }
}

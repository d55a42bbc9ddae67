// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A failure that a project knows of. A test that it matches and that fails counts as ``ResultStatus/xfail``: it keeps no
/// build from passing.
package struct KnownIssue: Sendable, Codable, Equatable {
    /// Its number; nil for one from the configuration.
    package var id: Int?
    /// The tests that it is about: a glob each.
    package var environment: String
    package var suite: String
    package var test: String
    /// What is known.
    package var reason: String
    /// Where more is known, such as a bug report.
    package var url: String?
    /// The last day on which it holds, in UTC: `2026-12-31`; nil: it holds until it is removed.
    package var expires: String?
    /// Whether that day has passed.
    package var isExpired: Bool
    /// Who added it; nil for one from the configuration.
    package var createdBy: String?
    package var createdAt: Date?

    enum CodingKeys: String, CodingKey {
        case id, environment, suite, test, reason, url, expires
        case isExpired = "is_expired"
        case createdBy = "created_by"
        case createdAt = "created_at"
    }

    /// One from the configuration.
    package init(_ wish: KnownIssueWish, today: String) {
        environment = wish.pattern.environment
        suite = wish.pattern.suite
        test = wish.pattern.test
        reason = wish.reason
        url = wish.url
        expires = wish.expires
        isExpired = wish.isExpired(on: today)
    }

    package var pattern: TestPattern { TestPattern(environment: environment, suite: suite, test: test) }
}

/// A known issue as somebody states it.
package struct KnownIssueWish: Sendable, Hashable {
    package var pattern: TestPattern
    package var reason: String
    package var url: String?
    /// The last day on which it holds, in UTC: `2026-12-31`.
    package var expires: String?

    package init(pattern: TestPattern, reason: String, url: String? = nil, expires: String? = nil) {
        self.pattern = pattern
        self.reason = reason
        self.url = url
        self.expires = expires
    }

    /// One as it was sent, by the names of its members; what is left out of a glob matches everything.
    package init(_ member: (_ name: String) -> String?) {
        self.init(
            pattern: TestPattern(
                environment: member("environment") ?? "*",
                suite: member("suite") ?? "*",
                test: member("test") ?? "*"
            ),
            reason: member("reason") ?? "",
            url: member("url"),
            expires: member("expires")
        )
    }

    /// The longest reason, in Unicode scalars.
    package static let maximumReason = 500
    /// The longest URL, in Unicode scalars.
    package static let maximumURL = 2_000

    /// What is wrong with it; none if nothing is.
    package var faults: [Fault] {
        var faults = pattern.faults
        if let complaint = Self.complaint(aboutReason: reason) {
            faults.append(Fault(pointer: "/reason", value: reason, reason: complaint))
        }
        if let url, let complaint = Self.complaint(aboutURL: url) {
            faults.append(Fault(pointer: "/url", value: url, reason: complaint))
        }
        if let expires, let complaint = Self.complaint(aboutDay: expires) {
            faults.append(Fault(pointer: "/expires", value: expires, reason: complaint))
        }
        return faults
    }

    /// Whether it does not hold any more on a day such as `2026-12-31`.
    package func isExpired(on today: String) -> Bool { expires.map { $0 < today } ?? false }

    /// What is wrong with a reason; nil if nothing is.
    package static func complaint(aboutReason text: String) -> String? {
        if text.allSatisfy(\.isWhitespace) { return "must say what is known" }
        guard text.unicodeScalars.count <= maximumReason, StorableText.isStorable(text) else {
            return "must be a text of at most \(maximumReason) characters"
        }
        return nil
    }

    /// What is wrong with a URL; nil if nothing is.
    package static func complaint(aboutURL text: String) -> String? {
        guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme?.lowercased()),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil
        else { return "must be a URL that begins with http:// or https://, without a user" }
        guard text.unicodeScalars.count <= maximumURL, StorableText.isStorable(text),
            !text.contains(where: \.isWhitespace)
        else { return "must have at most \(maximumURL) characters, and no white space" }
        return nil
    }

    /// What is wrong with a day; nil if nothing is.
    package static func complaint(aboutDay text: String) -> String? {
        let complaint = "must be a day such as 2026-12-31"
        guard let match = text.wholeMatch(of: /(\d{4})-(\d{2})-(\d{2})/),
            let year = Int(match.1), let month = Int(match.2), let day = Int(match.3), year >= 1
        else { return complaint }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = DateComponents(calendar: calendar, year: year, month: month, day: day)
        return parts.isValidDate ? nil : complaint
    }

    /// Today in UTC: `2026-12-31`.
    package static func today(_ now: Date = .now) -> String { String(now.formatted(.iso8601).prefix(10)) }
}

/// The known issues of the configuration, by `group/project`.
package struct ConfiguredKnownIssues: Sendable {
    private let byProject: [String: [KnownIssueWish]]

    package init(_ byProject: [String: [KnownIssueWish]] = [:]) { self.byProject = byProject.filter { !$1.isEmpty } }

    /// There are none.
    package static let none = ConfiguredKnownIssues()

    /// Those of a project that hold today, expired ones too if asked for.
    package func issues(of project: String, includingExpired: Bool = false) -> [KnownIssue] {
        let today = KnownIssueWish.today()
        return byProject[project, default: []].map { KnownIssue($0, today: today) }
            .filter { includingExpired || !$0.isExpired }
    }
}

/// What the tests of a jobset said that a known issue is about.
package struct KnownIssueOutcome: Sendable, Codable, Equatable {
    package var environment: String
    package var suite: String
    package var test: String
    package var reason: String
    package var url: String?
    /// How many of them failed.
    package var failures: Int
    /// How many of them passed.
    package var passes: Int
    /// In how many environments some failed.
    package var environments: Int

    package init(
        _ pattern: TestPattern,
        reason: String,
        url: String? = nil,
        failures: Int,
        passes: Int,
        environments: Int
    ) {
        (environment, suite, test) = (pattern.environment, pattern.suite, pattern.test)
        self.reason = reason
        self.url = url
        self.failures = failures
        self.passes = passes
        self.environments = environments
    }

    package var pattern: TestPattern { TestPattern(environment: environment, suite: suite, test: test) }
    /// Whether nothing of it failed, and something passed.
    package var passesAgain: Bool { failures == 0 && passes > 0 }
}

// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

/// Documents that ingest refused, latest first.
package struct RejectedView: PageContent {
    package static let template = "rejected"
    package var title: String { "Refused documents" }
    package var place: PagePlace? { .operations }

    /// How many documents a page shows, and how many errors of each.
    package static let limit = 50
    static let faultLimit = 5

    struct Row: Sendable {
        let number: Int
        let times: String
        let size: String
        let message: String?
        let detail: String
        let faults: [String]
        let at: Moment
    }

    let rows: [Row]
    let hasRows: Bool
    let pager: Pager?

    /// - Parameters:
    ///   - documents: As many as fit on a page, and one more if there are more.
    ///   - isFirstPage: Whether there are none before these.
    package init(_ documents: [RejectedDocument], isFirstPage: Bool, now: Date) {
        rows = documents.prefix(Self.limit).map { Self.row($0, now: now) }
        hasRows = !rows.isEmpty
        let last = documents.count > Self.limit ? rows.last : nil
        pager = Pager(
            "Pages of documents",
            first: isFirstPage ? nil : "/operations/rejected",
            next: last.map { "/operations/rejected?before=\($0.number)" },
            range: PageText.count(rows.count, "document")
        )
    }

    private static func row(_ document: RejectedDocument, now: Date) -> Row {
        let faults = document.problem.errors
        let more = faults.count - faultLimit
        return Row(
            number: document.id,
            times: PageText.number(document.times),
            size: PageText.number(document.bodyBytes),
            message: document.messageID.map { PageText.line($0) },
            detail: PageText.line(document.problem.detail, limit: 300),
            faults: faults.prefix(faultLimit).map { PageText.line("\($0)", limit: 300) }
                + (more > 0 ? ["and \(PageText.number(more)) more"] : []),
            at: Moment(document.receivedAt, now: now)
        )
    }
}

/// Who asked for which change, latest first.
package struct AuditView: PageContent {
    package static let template = "audit"
    package var title: String { "Audit log" }
    package var place: PagePlace? { .operations }

    /// How many changes a page shows.
    package static let limit = 100

    struct Row: Sendable {
        let actor: String
        let address: String?
        let action: String
        let subject: String
        let href: String?
        let detail: String
        let status: Badge
        let at: Moment
    }

    let actor: String
    let action: String
    let rows: [Row]
    let hasRows: Bool
    let pager: Pager?

    /// - Parameters:
    ///   - changes: As many as fit on a page, and one more if there are more.
    ///   - filter: Which changes these are.
    package init(_ changes: [AuditedChange], filter: AuditFilter, now: Date) {
        actor = PageText.line(filter.actor ?? "")
        action = PageText.line(filter.action ?? "")
        rows = changes.prefix(Self.limit).map { Self.row($0, now: now) }
        hasRows = !rows.isEmpty
        let filters = [("actor", filter.actor), ("action", filter.action)].compactMap { name, value in
            value.map { "\(name)=\(PageText.path($0))&" }
        }
        let path = "/operations/audit?\(filters.joined())"
        let shown = changes.prefix(Self.limit)
        pager = Pager(
            "Pages of changes",
            first: filter.before == nil ? nil : path,
            next: changes.count > Self.limit ? shown.last.map { "\(path)before=\($0.id)" } : nil,
            range: PageText.count(shown.count, "change")
        )
    }

    private static func row(_ change: AuditedChange, now: Date) -> Row {
        let project = change.group.map { "\($0)/\(change.project ?? "")" }
        return Row(
            actor: PageText.line(change.actor, limit: 100),
            address: change.address.map { PageText.line($0) },
            action: PageText.line(change.action),
            subject: PageText.line(change.jobset?.text ?? project ?? "the fleet"),
            href: change.jobset.map { "/jobsets/\($0.text)" },
            detail: PageText.line(
                change.detail.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "),
                limit: 300
            ),
            status: badge(change.status),
            at: Moment(change.at, now: now)
        )
    }

    private static func badge(_ status: Int?) -> Badge {
        switch status {
        case nil: Badge(.warn, "no answer")
        case let status? where status < 400: Badge(.good, "done")
        case 401?, 403?: Badge(.bad, "not allowed")
        case let status?: Badge(.mute, "refused (\(status))")
        }
    }
}

/// The tokens of the fleet. Their secrets are kept nowhere.
package struct TokensView: PageContent {
    package static let template = "tokens"
    package var title: String { "Tokens" }
    package var place: PagePlace? { .operations }

    struct Row: Sendable {
        let name: String
        let creator: String
        let abilities: String
        let projects: String
        let state: Badge
        let expires: String?
        let used: Moment?
        let at: Moment
    }

    let ofIdentities: Bool
    let rows: [Row]
    let hasRows: Bool

    /// - Parameter ofIdentities: Whether these are the tokens that identity providers vouched for.
    package init(_ tokens: [TokenStatus], ofIdentities: Bool, now: Date) {
        self.ofIdentities = ofIdentities
        rows = tokens.map { token in
            Row(
                name: PageText.line(token.holder ?? token.name, limit: 100),
                creator: PageText.line(token.createdBy, limit: 100),
                abilities: token.abilities.map(\.rawValue).sorted().joined(separator: ", "),
                projects: PageText.line(token.projects.map(\.description).joined(separator: ", "), limit: 300),
                state: Self.badge(token.state(now: now)),
                expires: token.expiresAt.map(PageText.time),
                used: Moment(token.lastUsedAt, now: now),
                at: Moment(token.createdAt, now: now)
            )
        }
        hasRows = !rows.isEmpty
    }

    private static func badge(_ state: String) -> Badge {
        switch state {
        case "good": Badge(.good, "valid")
        default: Badge(.mute, state)
        }
    }
}

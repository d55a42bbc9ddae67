// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation

/// Something done to many jobsets at once: which, what that would be, and what it was.
package struct BulkView: PageContent {
    package static let template = "bulk"
    package var title: String { "Many jobsets" }

    struct Choice: Sendable {
        let word: String
        let label: String
        let isChosen: Bool
    }

    struct Field: Sendable {
        let fieldName: String
        let fieldLabel: String
        let fieldValue: String
        let hint: String
    }

    struct ItemRow: Sendable {
        let href: String
        let build: String
        let number: String
        let refusal: String?
    }

    let choices: [Choice]
    let fields: [Field]
    /// What the numbers of the rows count.
    let unit: String
    let rows: [ItemRow]
    let hasRows: Bool
    let summary: String?
    let isPreview: Bool
    /// Where the form leads that does it; `nil` when there is nothing to do.
    let deedHref: String?
    let deedLabel: String
    let isCancel: Bool
    let csrf: String

    /// The conditions that the page has a field for, by the parameters of the API.
    package static let parameters = [
        ("group", "Group", ""), ("project", "Project", ""), ("build", "Version", ""),
        ("environment", "Environment", ""),
        ("backend", "Backend", ""), ("label", "Label", "name=value"), ("verdict", "Verdict", "incomplete"),
        ("reason_contains", "Reason contains", ""), ("created_after", "Accepted after", "2026-11-26T12:00:00Z"),
        ("created_before", "Accepted before", "2026-11-27T12:00:00Z"),
    ]

    /// - Parameters:
    ///   - values: What the fields have in them.
    ///   - query: The same as a query, for the form that does it.
    ///   - outcome: What would be done, or was; `nil` while nothing is chosen.
    package init(
        action: BulkAction,
        values: [String: String],
        query: String,
        outcome: BulkOutcome?,
        reader: PageReader
    ) {
        choices = BulkAction.allCases.map {
            Choice(word: $0.rawValue, label: Self.label(of: $0), isChosen: $0 == action)
        }
        fields = Self.parameters.map { name, label, hint in
            Field(fieldName: name, fieldLabel: label, fieldValue: PageText.line(values[name] ?? ""), hint: hint)
        }
        unit = action == .redeliver ? "Deliveries" : "Jobs"
        rows = (outcome?.items ?? []).map { item in
            ItemRow(
                href: "/jobsets/\(item.jobset.text)",
                build: PageText.line(item.build),
                number: (item.jobs ?? item.deliveries).map { "\($0)" } ?? "",
                refusal: item.reason.map { PageText.line($0, limit: 300) }
            )
        }
        hasRows = !rows.isEmpty
        summary = outcome.map { $0.items.isEmpty && $0.forbidden == 0 ? "No jobsets match." : $0.words }
        isPreview = outcome?.isPreview ?? false
        deedHref = outcome.flatMap { $0.isPreview && $0.done > 0 && !reader.csrf.isEmpty ? "/bulk?\(query)" : nil }
        deedLabel = "\(Self.verb(of: action)) \(PageText.count(outcome?.done ?? 0, "jobset"))"
        isCancel = action == .cancel
        csrf = reader.csrf
    }

    private static func label(of action: BulkAction) -> String {
        switch action {
        case .cancel: "Cancel what runs"
        case .retry: "Re-run what failed"
        case .redeliver: "Repeat failed deliveries"
        }
    }

    private static func verb(of action: BulkAction) -> String {
        switch action {
        case .cancel: "Cancel"
        case .retry: "Re-run"
        case .redeliver: "Redeliver"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A number with what it counts.
struct Tile: Sendable {
    let value: String
    let label: String

    init(_ value: Int, _ label: String) {
        self.value = PageText.number(value)
        self.label = label
    }
}

/// A name and a value.
struct Fact: Sendable {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = PageText.line(value, limit: 300)
    }

    /// Nothing without a value.
    init?(_ name: String, _ value: String?) {
        guard let value else { return nil }
        self.init(name, value)
    }
}

/// Something that a person should look at.
struct TroubleRow: Sendable {
    let badge: Badge
    let subject: String
    let href: String?
    let detail: String
    let at: Moment?

    init(
        _ badge: Badge,
        _ subject: String,
        href: String?,
        _ detail: String,
        at: Moment? = nil,
        detailLimit: Int = 300
    ) {
        self.badge = badge
        self.subject = PageText.line(subject)
        self.href = href
        self.detail = PageText.line(detail, limit: detailLimit)
        self.at = at
    }
}

/// Something that happened.
struct TimelineRow: Sendable {
    let iso: String
    let full: String
    let what: String

    init(_ date: Date, _ what: String) {
        iso = date.formatted(.iso8601)
        full = PageText.time(date)
        self.what = PageText.line(what, limit: 300)
    }
}

/// The way to other parts of a list.
struct Pager: Sendable {
    let pagerLabel: String
    let first: String?
    let next: String?
    let range: String

    /// `nil` where there is only one page.
    ///
    /// - Parameters:
    ///   - first: The address of the first page; `nil` on it.
    ///   - next: The address of the next page; `nil` on the last one.
    init?(_ label: String, first: String?, next: String?, range: String) {
        guard first != nil || next != nil else { return nil }
        (pagerLabel, self.first, self.next, self.range) = (label, first, next, range)
    }
}

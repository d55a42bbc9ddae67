// SPDX-License-Identifier: Apache-2.0

/// What a page shows: values for its template, all of them text that is fit to be shown.
package protocol PageContent: Sendable {
    static var template: String { get }
    /// What the browser's tab says.
    var title: String { get }
    /// Which entry of the navigation it stands below.
    var place: PagePlace? { get }
    /// After how many seconds the script looks whether there is news; `nil`: never.
    var refresh: Int? { get }
    /// The address of events that are news.
    var events: String? { get }
    /// What a screen reader is told when it changes.
    var news: String { get }
}

extension PageContent {
    package var place: PagePlace? { nil }
    /// Never.
    package var refresh: Int? { nil }
    package var events: String? { nil }
    /// Nothing.
    package var news: String { "" }
}

/// An entry of the navigation.
package enum PagePlace: String, Sendable, CaseIterable {
    /// What runs and what has become of it.
    case overview = "Overview"
    case backends = "Backends"
    /// What keeps the fleet going.
    case operations = "Operations"

    var path: String {
        switch self {
        case .overview: "/"
        case .backends: "/backends"
        case .operations: "/operations"
        }
    }
}

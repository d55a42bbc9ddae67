// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Who looks at a page, and what it may do there.
package struct PageReader: Sendable {
    /// What its token is called; `nil` without one.
    package var name: String?
    /// What its forms prove their origin with.
    package var csrf: String
    /// Whether it may cancel here.
    package var mayCancel = false
    /// Whether it may seal here.
    package var maySeal = false
    /// Whether it may send jobs out again here.
    package var mayRetry = false
    /// Whether it may have deliveries made again here.
    package var mayRedeliver = false
    /// Whether it may change many jobsets at once, somewhere.
    package var mayBulk = false
    /// Whether it may pause labs and have dead letters handled again.
    package var mayOperate = false
    /// Whether it may see what keeps the fleet going.
    package var maySeeOperations = false

    /// A reader who may do nothing but read.
    package init(name: String?, csrf: String) {
        self.name = name
        self.csrf = csrf
    }
}

/// What is told at the top of a page, once.
package struct PageNotice: Sendable {
    let text: String
    let isBad: Bool

    package init(_ text: String, isBad: Bool = false) {
        self.text = PageText.line(text, limit: 400)
        self.isBad = isBad
    }
}

/// A whole page.
package enum DashboardPage {
    /// The HTML of a page.
    package static func html(
        _ content: some PageContent,
        for reader: PageReader,
        query: String = "",
        notice: PageNotice? = nil,
        version: String,
        now: Date = .now
    ) -> String {
        let frame = Frame(
            title: content.title,
            places: PagePlace.allCases.filter { $0 != .operations || reader.maySeeOperations }.map { place in
                Frame.Place(label: place.rawValue, href: place.path, isHere: place == content.place)
            },
            query: PageText.line(query),
            signedIn: reader.name.map { PageText.line($0, limit: 40) },
            csrf: reader.csrf,
            refresh: content.refresh,
            events: content.events,
            notice: notice,
            content: TemplateLibrary.render(content, with: type(of: content).template),
            news: content.news,
            version: version,
            now: PageText.time(now)
        )
        return TemplateLibrary.render(frame, with: "frame")
    }

    private struct Frame {
        struct Place {
            let label: String
            let href: String
            let isHere: Bool
        }

        let title: String
        let places: [Place]
        let query: String
        let signedIn: String?
        let csrf: String
        let refresh: Int?
        let events: String?
        let notice: PageNotice?
        let content: String
        let news: String
        let version: String
        let now: String
        let style = DashboardAsset.style.path
        let script = DashboardAsset.script.path
        let icon = DashboardAsset.icon.path
    }
}

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
    case projects = "Projects"
    case backends = "Backends"
    /// What keeps the fleet going.
    case operations = "Operations"

    var path: String {
        switch self {
        case .overview: "/"
        case .projects: "/projects"
        case .backends: "/backends"
        case .operations: "/operations"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Dashboard
@testable import Fleet
@testable import FleetStore

@Suite("What strangers wrote, on a page")
struct EscapingTests {
    /// Names that would like to be more than names.
    static let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</title></main><h1>mine</h1>",
        "{{csrf}}{{{content}}}",
        // A quotation mark with an accent is one character to Swift, and a quotation mark to a browser.
        "\"\u{301} autofocus onfocus=alert(1) x=\"\u{301}",
        "<\u{301}b>",
        "&\u{301}lt;",
        "safe\u{202E}gnp.exe",
        "zero\u{200B}width\u{7}bell",
    ]

    @Test("It stays text in an element and in an attribute", arguments: hostile)
    func staysText(_ name: String) {
        let html = Self.page(of: name)
        let plain = Self.page(of: "plain")
        // The same elements and attributes as with a harmless name, wherever it stands.
        #expect(Self.skeleton(html) == Self.skeleton(plain))
        for scalar in ["\u{202E}", "\u{200B}", "\u{7}"] {
            #expect(!html.unicodeScalars.contains(Unicode.Scalar(scalar)!))
        }
    }

    @Test("A page has no style and no script within itself, and no way out but links")
    func policy() {
        let html = Self.page(of: "x")
        #expect(!html.contains("style="))
        #expect(!html.contains("<style"))
        #expect(html.components(separatedBy: "<script").count == 2)
        #expect(html.contains("<script src=\"/assets/dashboard-"))
        #expect(html.firstMatch(of: /\son[a-z]+=/) == nil)
        #expect(!html.contains("javascript:"))
    }

    @Test("A template that a name brings along is not run")
    func noTemplates() {
        #expect(Self.page(of: "{{csrf}}").contains("{{csrf}}"))
    }

    /// The text outside of tags taken away, and the values of attributes.
    private static func skeleton(_ html: String) -> [String] {
        // By scalars, as a browser reads.
        let tag = /<[^<>"]*(?:"[^"]*"[^<>"]*)*>/.matchingSemantics(.unicodeScalar)
        let value = /"[^"]*"/.matchingSemantics(.unicodeScalar)
        return html.matches(of: tag).map { String($0.output).replacing(value, with: "\"\"") }
    }

    static func page(of name: String) -> String {
        let jobset = JobsetSummary.test(group: name, project: name, version: name)
        let delivery = DeliveryTrouble(
            jobset: jobset,
            delivery: Delivery(
                id: UUID(),
                event: name,
                kind: name,
                webhook: nil,
                receiver: ReceiverAddress("https://example.org/\(name)"),
                state: "failed",
                tries: 3,
                dueAt: nil,
                lastStatus: nil,
                lastError: name,
                receiverFailingSince: nil
            ),
            createdAt: .now
        )
        let view = OverviewView(
            running: [jobset],
            recent: [jobset],
            backends: [],
            configured: [],
            deliveries: [delivery],
            limit: 5,
            reader: PageReader(name: name, csrf: "secret-proof"),
            now: .now
        )
        return DashboardPage.html(
            view,
            for: PageReader(name: name, csrf: "secret-proof"),
            query: name,
            notice: PageNotice(name),
            version: "1"
        )
    }
}

extension JobsetSummary {
    /// A jobset that runs.
    static func test(
        group: String = "g",
        project: String = "p",
        version: String = "1",
        state: JobsetState = .running,
        verdict: Verdict? = nil,
        total: Int = 10,
        pending: Int = 4,
        failures: Int = 1,
        missing: Int = 0,
        canceled: Int = 0,
        isSealed: Bool = true,
        deadline: Date? = nil,
        createdAt: Date = Date(timeIntervalSince1970: 1_790_000_000)
    ) -> JobsetSummary {
        JobsetSummary(
            id: UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)),
            group: group,
            project: project,
            version: version,
            state: state,
            verdict: verdict,
            generation: 1,
            total: total,
            pending: pending,
            failures: failures,
            missing: missing,
            canceled: canceled,
            priority: 50,
            isSealed: isSealed,
            deadline: deadline,
            canceledAt: nil,
            createdAt: createdAt,
            finishedAt: state == .finished ? createdAt.addingTimeInterval(60) : nil
        )
    }
}

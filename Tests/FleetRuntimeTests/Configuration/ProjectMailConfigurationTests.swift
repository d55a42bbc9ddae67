// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Testing

@Suite("How the reports of a project are mailed, in the configuration")
struct ProjectMailConfigurationTests {
    private static func text(_ project: String) -> String {
        """
        \(ConfigurationLoadingTests.smallest)
        mail: {url: "smtp://mail.example.org", from: muster@example.org}
        projects:
          g/p: {\(project)}
        """
    }

    @Test("Without a key, reports are mailed as they always were")
    func usual() throws {
        let project = try #require(
            try FleetConfiguration.load(text: Self.text("mail: [a@example.org]")).projects["g/p"]
        )
        #expect((project.mailFormat, project.mailWhen) == (.html, .always))
        #expect(project.mailSubject == nil && project.mailTrailer == nil && project.mailCopies.isEmpty)
        #expect(project.mailReceivers.map(\.description) == ["a@example.org"])
    }

    @Test("Each key is read")
    func read() throws {
        let keys = """
            mail_cc: [b@elsewhere.example], mail_format: text, mail_when: regression, \
            mail_subject: "[{{jobset.build}}] {{verdict}}", mail_trailer: "Tested-by: Lab <lab@example.org>"
            """
        let project = try #require(try FleetConfiguration.load(text: Self.text(keys)).projects["g/p"])
        #expect((project.mailFormat, project.mailWhen) == (.text, .regression))
        #expect(project.mailSubject == "[{{jobset.build}}] {{verdict}}")
        #expect(project.mailTrailer == "Tested-by: Lab <lab@example.org>")
        #expect(project.mailCopies.map(\.description) == ["b@elsewhere.example"])
    }

    @Test(
        "What is wrong is said with its place",
        arguments: [
            ("mail_subject: \"{{#verdict}}\"", "mail_subject", "is not a mustache template"),
            ("mail_trailer: thanks", "mail_trailer", "must be one line such as"),
            ("mail_format: rtf", "mail_format", "must be one of html, text"),
            ("mail_when: sometimes", "mail_when", "must be one of always, change, regression, incomplete, never"),
            ("mail_cc: [nobody]", "mail_cc", "local@domain"),
        ]
    )
    func faults(keys: String, place: String, words: String) {
        let faults = ConfigurationLoadingTests.faults(Self.text(keys))
        #expect(faults.contains { $0.contains("projects.g/p.\(place)") && $0.contains(words) }, "\(faults)")
    }
}

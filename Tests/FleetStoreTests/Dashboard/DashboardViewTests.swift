// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("The schema dashboard", .timeLimit(.minutes(10)))
struct DashboardViewTests {
    private static func dashboard(of test: TestStore) -> String { test.name + "_dashboard" }

    @Test("Each view has the columns that are stated of it, in their order and with their types")
    func columns() async throws {
        try await TestStore.with { test in
            let found = try await test.client.query(
                """
                select table_name::text, column_name::text, data_type::text from information_schema.columns
                where table_schema = \(Self.dashboard(of: test)) order by table_name, ordinal_position
                """
            ).map { try $0.decode(String.self, String.self, String.self) }
            let views = Dictionary(grouping: found, by: \.0)
            #expect(Set(views.keys) == Set(DashboardView.all.map(\.name)))
            for view in DashboardView.all {
                let columns = (views[view.name] ?? []).map { "\($0.1) \($0.2)" }
                #expect(columns == view.columns.map { "\($0.name) \($0.type.rawValue)" }, "\(view.name)")
            }
        }
    }

    @Test("docs/dashboard-queries.md has each view, column by column, and nothing else")
    func page() throws {
        let page = try DashboardPage()
        for view in DashboardView.all {
            let section = try #require(page.sections[view.name], "no section \(view.name)")
            #expect(section.hasPrefix(view.documentation), "\(view.documentation)")
        }
        #expect(Set(page.sections.keys) == Set(DashboardView.all.map(\.name)))
        #expect(page.text.contains("version \(DashboardView.version) of the schema"))
    }

    @Test("A second migration leaves the views as they are, with what others have built on them and were granted")
    func again() async throws {
        try await TestStore.with { test in
            let schema = Self.dashboard(of: test)
            try await test.client.execute(
                "create view mine as select backend from \(identifier: schema).backlog where waiting > 0"
            )
            // As an older version of the program would have left it.
            try await test.client.withTransaction { try $0.executeScript("comment on schema \(schema) is 'older'") }
            _ = try await test.store.migrate()
            _ = try await test.store.migrate()
            #expect(try await test.count("select count(*) from mine") == 0)
            // They are made again where somebody has removed them.
            try await test.client.execute("drop view \(identifier: schema).table_sizes")
            _ = try await test.store.migrate()
            #expect(try await test.count("select count(*) from \(identifier: schema).table_sizes") > 20)
        }
    }

    @Test("A reader can run every query of the page, reads nothing else, and writes nothing")
    func reader() async throws {
        let page = try DashboardPage()
        try await TestStore.with { test in
            try await Self.withReader(of: test) { reader, made in
                #expect(made.isNew && made.schema == Self.dashboard(of: test))
                for query in page.queries {
                    await #expect(throws: Never.self, "\(query)") {
                        _ = try await reader.query(
                            "\(unsafeSQL: query.replacing("dashboard.", with: made.schema + "."))"
                        )
                    }
                }
                #expect(page.queries.count >= DashboardView.all.count)
                let tables = try await test.client.query(
                    "select relname::text from pg_class where relkind = 'r' and relnamespace = \(test.name)::regnamespace"
                ).map { try $0.decode(String.self) }
                #expect(tables.count > 20)
                for table in tables {
                    let error = await #expect(throws: PostgresError.self) {
                        _ = try await reader.query("select * from \(identifier: test.name).\(identifier: table)")
                    }
                    #expect(error?.sqlState == .insufficientPrivilege, "\(table)")
                }
                await #expect(throws: PostgresError.self) {
                    try await reader.execute("create table \(identifier: made.schema).mine (id int)")
                }
                await #expect(throws: PostgresError.self) {
                    try await reader.execute(
                        "set transaction read write; delete from \(identifier: made.schema).version"
                    )
                }
                // It may not make others.
                await #expect(throws: DashboardReaderRefused.mayNotCreate("another_reader", by: made.name)) {
                    _ = try await FleetStore(client: reader).addDashboardReader("another_reader")
                }
                // Once more changes nothing.
                #expect(try await test.store.addDashboardReader(made.name).isNew == false)
            }
        }
    }

    @Test("A role that could do more than read is refused")
    func powerful() async throws {
        try await TestStore.with { test in
            for role in ["muster", "postgres"] {
                await #expect(throws: DashboardReaderRefused.powerful(role)) {
                    _ = try await test.store.addDashboardReader(role)
                }
            }
        }
    }

    @Test("Nothing that may be a secret shows in a view")
    func secrets() async throws {
        try await TestStore.with { test in
            let secret = "hunter2secret"
            let url = "https://\(secret):\(secret)@receiver.example/\(secret)?token=\(secret)#\(secret)"
            let document = JobsetDocument(
                build: try #require(Build("/group/project/v1")),
                callback: CallbackRequest(url: url, headers: ["authorization": secret]),
                jobs: (0..<2).map { _ in JobEntry(environment: "env", backend: "lab-a", definition: "token: \(secret)")
                },
                labels: ["token": secret]
            )
            let id = UUID()
            _ = try await test.store.acceptJobset(id: id, document: document)
            try await test.client.execute("update job set resume_at = null")
            let jobs = try await test.rows(of: id)
            _ = try await test.submit(jobs[0], as: [7])
            _ = try await test.store.finishJobs(jobs.map { JobEnd(jobID: $0, outcome: .rejected, reason: "no") })
            try await test.client.execute(
                """
                update delivery set state = 'delivered', ended_at = now(), last_error = \(secret), body = \(secret)
                """
            )
            _ = try await test.store.noteFailure(
                of: try #require(FleetStore.receiver(of: url)),
                error: secret,
                limit: .seconds(0)
            )
            while try await test.store.rollUp() > 0 {}
            var rows = 0
            for view in DashboardView.all {
                let texts = try await test.client.query(
                    "select each::text from \(identifier: Self.dashboard(of: test)).\(identifier: view.name) as each"
                ).map { try $0.decode(String.self) }
                rows += texts.count
                for text in texts { #expect(!text.contains(secret), "\(view.name): \(text)") }
            }
            #expect(rows > 30)
            let receivers = try await test.client.query(
                "select receiver, failed_tries from \(identifier: Self.dashboard(of: test)).receivers"
            ).map { try $0.decode(String.self, Int.self) }
            #expect(receivers.map(\.0) == ["https://receiver.example"])
            #expect(receivers.map(\.1) == [1])
        }
    }

    /// Lends a role that reads the views of this test, with a client of its own.
    private static func withReader(
        of test: TestStore,
        _ body: (PostgresClient, DashboardReader) async throws -> Void
    ) async throws {
        let name = TestServers.uniqueName("reader")
        let reader = try await test.store.addDashboardReader(name)
        try await withCleanUp {
            try await test.client.execute("alter role \(identifier: name) password 'reading'")
            var configuration = try TestServers.databaseConfiguration()
            (configuration.user, configuration.password) = (name, "reading")
            try await PostgresClient.withClient(configuration: configuration, logger: quietLogger) { client in
                try await body(client, reader)
            }
        } cleanUp: {
            // With what the role may do there.
            try await test.client.execute("drop schema \(identifier: Self.dashboard(of: test)) cascade")
            try await test.client.execute("drop role \(identifier: name)")
        }
    }
}

/// `docs/dashboard-queries.md`.
struct DashboardPage {
    let text: String
    /// By the name of the view.
    let sections: [String: String]
    /// All statements of the page.
    let queries: [String]

    init() throws {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path),
            folder.path.count > 1
        {
            folder.deleteLastPathComponent()
        }
        text = try String(contentsOf: folder.appending(path: "docs/dashboard-queries.md"), encoding: .utf8)
        var sections: [String: String] = [:]
        for part in text.components(separatedBy: "\n### `").dropFirst() {
            let name = String(part.prefix { $0 != "`" })
            sections[name] = "### `" + (part.components(separatedBy: "\n## ").first ?? "")
        }
        self.sections = sections
        queries = text.components(separatedBy: "```sql\n").dropFirst().compactMap { part in
            part.components(separatedBy: "```").first
        }
    }
}

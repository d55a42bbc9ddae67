// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

@Suite("All of a jobset in one archive")
struct ArchiveTests {
    /// Unpacks an archive with the system's tar, which is not ours.
    private static func unpacked(_ bytes: [UInt8], _ body: (URL) throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "archive-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(bytes).write(to: folder.appending(path: "a.tar"))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/tar")
        process.arguments = ["-xf", "a.tar", "-C", folder.path]
        process.currentDirectoryURL = folder
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        #expect(process.terminationStatus == 0)
        try body(folder)
    }

    private static func text(_ name: String, in folder: URL) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    @Test("It has the jobset, its jobs, definitions without secrets, results, deliveries and reports")
    func whole() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(
                TestGateway.document(
                    jobs: 1_100,
                    more: #", "callback_url": "https://ci.example.org/hook?token=HIDDEN""#,
                    definition: #"device_type: sim\nsecrets:\n  key: HIDDEN"#
                ),
                token: token
            )
            try await gateway.end(id)
            let uuid = try gateway.uuid(id)
            try await gateway.insertResults(of: id, position: 0, count: 25_000)
            try await gateway.store.storeReport(
                ArchivedReport([.json: "{}", .text: "REPORT"]),
                of: uuid,
                generation: 1
            )
            let answer = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)/archive", token: token)
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "Content-Type") == "application/x-tar")
            try await Self.unpacked(answer.body) { (folder: URL) throws -> Void in
                let jobset = try Self.text("jobset.json", in: folder)
                #expect(jobset.contains(id) && !jobset.contains("HIDDEN"))
                let jobs = try ["jobs-000000.jsonl", "jobs-001000.jsonl"].map { name in
                    try Self.text(name, in: folder).split(separator: "\n").count
                }
                #expect(jobs == [1_000, 100])
                for position in ["000000", "000999", "001099"] {
                    let definition = try Self.text("definitions/\(position).yaml", in: folder)
                    #expect(definition.contains("device_type: sim") && !definition.contains("HIDDEN"))
                }
                let lines = try (1...3).map { number in
                    try Self.text("results-00000\(number).jsonl", in: folder).split(separator: "\n")
                }
                #expect(lines.map(\.count) == [10_000, 10_000, 5_000])
                let names = Set(
                    try lines.joined().map { line in
                        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["name"]
                            as? String
                    }
                )
                #expect(names.count == 25_000)
                #expect(try Self.text("report.txt", in: folder) == "REPORT")
                #expect(try !Self.text("deliveries.jsonl", in: folder).contains("HIDDEN"))
            }
        }
    }

    @Test("One of a jobset without jobs' results is whole as well, and only its readers get it")
    func empty() async throws {
        try await TestGateway.with { gateway in
            let id = try await gateway.submit(TestGateway.document(), token: try await gateway.token())
            let reader = try await gateway.token(can: [.read])
            let answer = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)/archive", token: reader)
            #expect(answer.status == 200 && answer.body.count % 512 == 0)
            try await Self.unpacked(answer.body) { (folder: URL) throws -> Void in
                #expect(try Self.text("jobs-000000.jsonl", in: folder).split(separator: "\n").count == 1)
                #expect(try Self.text("deliveries.jsonl", in: folder).isEmpty)
            }
            let submitter = try await gateway.token(can: [.submit])
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets/\(id)/archive", token: submitter).status == 404)
        }
    }
}

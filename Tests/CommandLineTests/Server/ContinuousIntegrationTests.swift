// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing
import Yams

@Suite("The snippets of docs/ci.md")
struct ContinuousIntegrationTests {
    /// A CI system, and how it runs the lines of a job.
    enum System: String, CaseIterable, Sendable {
        case gitLab = "GitLab CI"
        case gitHub = "GitHub Actions"
        case jenkins = "Jenkins"

        /// The shell, as the system calls it.
        var shell: [String] { self == .jenkins ? ["/bin/sh", "-xe"] : ["/bin/bash", "-eo", "pipefail"] }
    }

    /// The page has another shape than this test knows.
    private struct Unknown: Error {
        let what: String
    }

    private static func page() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        return try String(contentsOf: root.appending(path: "docs/ci.md"), encoding: .utf8)
    }

    /// The code below a heading.
    private static func code(below heading: String) throws -> String {
        let page = try page()
        guard let section = page.range(of: "## \(heading)\n"),
            let begin = page[section.upperBound...].firstRange(of: #/```[a-z]+\n/#),
            let end = page[begin.upperBound...].range(of: "\n```")
        else { throw Unknown(what: heading) }
        return String(page[begin.upperBound..<end.lowerBound])
    }

    /// The lines that submit and wait.
    private static func script(of system: System) throws -> String {
        let code = try code(below: system.rawValue)
        switch system {
        case .gitLab:
            let job = (try Yams.load(yaml: code) as? [String: Any])?["labs"] as? [String: Any]
            guard let lines = job?["script"] as? [String] else { throw Unknown(what: "script") }
            return lines.joined(separator: "\n")
        case .gitHub:
            let jobs = (try Yams.load(yaml: code) as? [String: Any])?["jobs"] as? [String: Any]
            let steps = (jobs?["labs"] as? [String: Any])?["steps"] as? [[String: Any]]
            guard let run = steps?.compactMap({ $0["run"] as? String }).first else { throw Unknown(what: "run") }
            return run
        case .jenkins:
            let parts = code.components(separatedBy: "'''")
            guard parts.count == 3 else { throw Unknown(what: "sh") }
            return parts[1]
        }
    }

    /// How a jobset of two jobs ends.
    enum Ending: Int32, CaseIterable, Sendable {
        case passed = 0
        /// A test of one failed, and the lab lost the other.
        case failed = 1
        /// Nothing failed, but the lab lost one.
        case incomplete = 3
        case canceled = 5
    }

    /// Ends the only jobset that there is, and writes its report as the notifier would.
    private func finish(_ fleet: TestFleet, _ ending: Ending) async throws {
        let store = fleet.store
        let jobset = try await eventually("a jobset") { try await store.jobsets(JobsetFilter(limit: 1)).first }
        let isLost = ending == .failed || ending == .incomplete
        let tests = TestCounts(pass: 3, fail: ending == .failed ? 1 : 0, skip: 0, unknown: 0)
        if ending == .canceled {
            _ = try await store.cancelJobset(id: jobset.id, reason: "superseded")
        } else {
            let jobs = try await store.jobs(of: jobset.id).map(\.id)
            _ = try await store.finishJobs([
                JobEnd(jobID: jobs[0], outcome: .complete, reason: nil, tests: tests),
                JobEnd(jobID: jobs[1], outcome: isLost ? .lost : .complete, reason: isLost ? "gone" : nil),
            ])
        }
        let report = ArchivedReport([
            .json: "{}", .text: "text", .html: "<html/>", .junit: "<testsuites/>",
        ])
        try await store.storeReport(report, of: jobset.id, generation: 1)
    }

    @Test(
        "Run as they stand, they end with the verdict and leave a JUnit report",
        arguments: System.allCases,
        Ending.allCases
    )
    func run(system: System, ending: Ending) async throws {
        let script = try Self.script(of: system)
        try await TestFleet.with { fleet in
            try await fleet.withIngest {
                try await fleet.withGateway { gateway, token in
                    let folder = FileManager.default.temporaryDirectory.appending(
                        path: "muster-ci-\(UUID().uuidString)"
                    )
                    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                    defer { try? FileManager.default.removeItem(at: folder) }
                    let maker = folder.appending(path: "make-jobset")
                    let job = #"{"environment": "e", "backend": "lab-a", "definition": "device_type: sim"}"#
                    try Data("#!/bin/sh\necho '{\"build\": \"/g/p/1\", \"jobs\": [\(job), \(job)]}'\n".utf8).write(
                        to: maker
                    )
                    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: maker.path)
                    let environment = [
                        "PATH": "\(TestServers.products.path):/usr/bin:/bin", "MUSTER_SERVER": gateway.url,
                        "MUSTER_TOKEN": token,
                    ]
                    async let finished: Void = finish(fleet, ending)
                    let process = Process()
                    process.executableURL = URL(filePath: system.shell[0])
                    process.arguments = Array(system.shell.dropFirst()) + ["-c", script]
                    process.environment = environment
                    process.currentDirectoryURL = folder
                    process.standardOutput = FileHandle.nullDevice
                    process.standardError = FileHandle.nullDevice
                    let (endings, continuation) = AsyncStream.makeStream(of: Int32.self)
                    process.terminationHandler = { continuation.yield($0.terminationStatus) }
                    try process.run()
                    try await finished
                    let limit = Task {
                        try await Task.sleep(for: patience)
                        process.terminate()
                    }
                    let status = await endings.first { _ in true }
                    limit.cancel()
                    #expect(status == ending.rawValue)
                    let report = try String(contentsOf: folder.appending(path: "muster.xml"), encoding: .utf8)
                    #expect(report == "<testsuites/>\n")
                }
            }
        }
    }

    @Test("GitLab lets a job pass in orange only where nothing failed")
    func allowed() throws {
        let labs = (try Yams.load(yaml: try Self.code(below: System.gitLab.rawValue)) as? [String: Any])?["labs"]
        let allowed = ((labs as? [String: Any])?["allow_failure"] as? [String: Any])?["exit_codes"] as? [Int]
        #expect(allowed == [Int(Ending.incomplete.rawValue)])
    }

    @Test("A refused document ends with 2 and without a report", arguments: System.allCases)
    func refused(system: System) throws {
        // What the shell makes of a command that prints nothing and ends with 2.
        let lines = try Self.script(of: system)
            .replacing("./make-jobset", with: "true")
            .replacing("muster submit", with: "sh -c 'exit 2' muster")
            .replacing("muster report", with: "exit 99; muster")
        let process = Process()
        process.executableURL = URL(filePath: system.shell[0])
        process.arguments = Array(system.shell.dropFirst()) + ["-c", lines]
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-ci-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
    }
}

// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Foundation
import Testing

@Suite("Fault points and exit status", .timeLimit(.minutes(10)))
struct FaultPointTests {
    @Test("Unarmed, a fault point does nothing")
    func unarmed() {
        faultPoint("test.here")
    }

    #if DEBUG
    @Test("Armed for a passage, it kills the process there")
    func armed() async {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            setenv("MUSTER_FAULT", "test.here@2", 1)
            faultPoint("test.other")
            faultPoint("test.here")
            faultPoint("test.here")
            exit(0)
        }
        await #expect(processExitsWith: .exitCode(0)) {
            setenv("MUSTER_FAULT", "test.here@3", 1)
            faultPoint("test.here")
            faultPoint("test.here")
            exit(0)
        }
    }
    #endif

    @Test("A worker ends with 0 after --version and --help, 64 for bad options, 78 for a bad configuration")
    func exitStatus() async {
        await #expect(processExitsWith: .exitCode(0)) {
            await WorkerMain.run(name: "t", arguments: ["--version"]) { _, _ in [] }
        }
        await #expect(processExitsWith: .exitCode(64)) {
            await WorkerMain.run(name: "t", arguments: ["--nonsense"]) { _, _ in [] }
        }
        await #expect(processExitsWith: .exitCode(78)) {
            await WorkerMain.run(name: "t", arguments: ["--config", "/nonexistent"]) { _, _ in [] }
        }
    }

    @Test("A configuration that isn't valid is told one fault a line on standard error")
    func complaints() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "muster-\(UUID().uuidString).yaml").path
        defer { unlink(file) }
        try Data("log: {level: loud}".utf8).write(to: URL(filePath: file))
        let result = try await #require(processExitsWith: .exitCode(78), observing: [\.standardErrorContent]) {
            [file = file as String] in
            setenv("MUSTER_BROKER_URL", "http://u:s3cret@h", 1)
            unsetenv("MUSTER_DATABASE_URL")
            await WorkerMain.run(name: "muster-t", arguments: ["--config", file]) { _, _ in [] }
        }
        let lines = String(decoding: result.standardErrorContent, as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("muster-t: ") }
        #expect(lines.count == 3, "\(lines)")
        #expect(!lines.joined().contains("s3cret"))
    }
}

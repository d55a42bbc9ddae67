// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Testing

@Suite("The API keeps to its description")
struct ContractTests {
    /// The script installs schemathesis from PyPI when it isn't there.
    @Test("Requests that schemathesis makes up are answered as the description says", .timeLimit(.minutes(15)))
    func schemathesis() async throws {
        let settings = ["requests_per_second: 10000", "request_burst: 10000", "wait_maximum_seconds: 1"]
        try await TestGateway.with(settings) { gateway in
            let token = try await gateway.token(["*"])
            _ = try await gateway.submit(TestGateway.document(jobs: 2), token: token)
            let log = FileManager.default.temporaryDirectory.appending(path: "api-check-\(UUID().uuidString).log")
            defer { try? FileManager.default.removeItem(at: log) }
            try Data().write(to: log)
            let process = Process()
            process.executableURL = Self.checkout.appending(path: "deploy/api-check")
            process.arguments = [
                "http://127.0.0.1:\(gateway.port)", token, "--max-examples", "20", "--seed", "1",
                "--generation-database", "none",
            ]
            process.standardInput = FileHandle.nullDevice
            let output = try FileHandle(forWritingTo: log)
            process.standardOutput = output
            process.standardError = output
            try process.run()
            while process.isRunning { try await Task.sleep(for: .milliseconds(100)) }
            let text = try String(contentsOf: log, encoding: .utf8)
            #expect(process.terminationStatus == 0, "\(text.suffix(8_000))")
            #expect(text.contains("APIOperation") || text.contains("Tested") || text.contains("No issues found"))
        }
    }

    private static var checkout: URL {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appending(path: "deploy/api-check").path),
            folder.path.count > 1
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

extension TestServers {
    /// Runs `deploy/stack`, whose own limits end it. Only for tests that have the servers to themselves.
    static func stack(_ arguments: [String]) async throws {
        let script = try required("MUSTER_TEST_STACK")
        let log = FileManager.default.temporaryDirectory.appendingPathComponent("muster-stack-\(UUID()).log")
        defer { try? FileManager.default.removeItem(at: log) }
        let status = try await runProgram(script, arguments, log: log, within: .seconds(660))
        guard status == 0 else {
            throw StackFailed(arguments: arguments, output: (try? String(contentsOf: log, encoding: .utf8)) ?? "")
        }
    }

    struct StackFailed: Error, CustomStringConvertible {
        let arguments: [String]
        let output: String
        var description: String { "deploy/stack \(arguments.joined(separator: " ")) failed:\n\(output)" }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The programs that run for one fleet, and the folder of their files.
package final class TestProcesses: Sendable {
    let folder: URL
    private let started = Mutex<[(role: TestFleet.Role?, process: TestProcess)]>([])

    /// In a folder that is made for them.
    init(in folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    var all: [(role: TestFleet.Role?, process: TestProcess)] { started.withLock { $0 } }

    /// Starts one of this build's programs.
    ///
    /// - Parameter name: Of its log; otherwise the program's own with a number.
    func start(
        _ program: String,
        as role: TestFleet.Role? = nil,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        name: String? = nil
    ) throws -> TestProcess {
        let name = name ?? "\(program.replacing("muster-", with: ""))-\(all.count)"
        let log = folder.appending(path: "\(name).log")
        let process = try TestProcess(program, arguments: arguments, environment: environment, log: log)
        started.withLock { $0.append((role, process)) }
        return process
    }

    /// Starts a simulated lab and waits until it listens. Its own log is in the folder.
    func startLab(_ lab: String, _ options: [String]) async throws -> TestFleet.LabAddress {
        let token = "secret-of-\(lab)"
        let process = try start(
            "muster-labsim",
            [
                "--port", "0", "--token", "admin=\(token)", "--run-time-ms", "0",
                "--log", folder.appending(path: "\(lab).jsonl").path,
            ] + options,
            name: lab
        )
        let port = try await eventually("\(lab) to listen") {
            process.output.firstMatch(of: /127\.0\.0\.1:([0-9]+)/).flatMap { Int($0.1) }
        }
        return TestFleet.LabAddress(url: "http://127.0.0.1:\(port)", token: token)
    }

    /// Runs `body`, and kills all that runs then. The folder goes with it, unless `body` has thrown: then somebody will
    /// want to look there.
    func remove<Outcome>(after body: () async throws -> Outcome) async throws -> Outcome {
        do {
            let outcome = try await body()
            await killAll()
            try? FileManager.default.removeItem(at: folder)
            return outcome
        } catch {
            await killAll()
            tellWhatHappened()
            throw error
        }
    }

    /// Kills what runs, and returns when it has ended.
    func killAll() async {
        for (_, process) in all { process.kill() }
        for (_, process) in all { try? await process.waitUntilExit() }
    }

    private func tellWhatHappened() {
        guard !all.isEmpty else { return }
        print("the files of this fleet are in \(folder.path)")
        // Those that a test has killed by the dozen have nothing to tell.
        for (_, process) in all.suffix(12) {
            let lines = process.output.split(separator: "\n").suffix(15).joined(separator: "\n    ")
            let ending = process.exitStatus.map { "ended with \($0)" } ?? "killed"
            print("--- \(process.name), \(ending):\n    \(lines)")
        }
    }
}

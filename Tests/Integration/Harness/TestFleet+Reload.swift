// SPDX-License-Identifier: Apache-2.0

import Testing

extension TestProcess {
    /// Whether its services run: from then on it listens to signals.
    var isAtWork: Bool { output.contains("AMQP connected") }

    /// How often it has taken up another configuration.
    var reloads: Int { output.ranges(of: "the new configuration is in force").count }

    /// How often it could not, since its new services were not ready in time, as on a machine that is overloaded.
    var setbacks: Int { output.ranges(of: "not ready within").count }

    /// Has it take up the configuration as it is now.
    func reload() async throws {
        try await eventually("\(name) to be at work") { self.isAtWork }
        let reloads = reloads
        while self.reloads == reloads {
            let setbacks = setbacks
            hangUp()
            try await eventually("\(name) to take up the configuration") {
                self.reloads > reloads || self.setbacks > setbacks
            }
        }
    }
}

extension TestFleet {
    /// Returns when the services of all workers run.
    func waitUntilAtWork() async throws {
        for worker in running { try await eventually("\(worker.name) to be at work") { worker.isAtWork } }
    }

    /// Has the worker of a role take up the configuration as it is now.
    ///
    /// - Returns: all that the worker has said.
    @discardableResult
    func reload(_ role: Role) async throws -> String {
        let worker = try #require(running(role).first)
        try await worker.reload()
        return worker.output
    }
}

// SPDX-License-Identifier: Apache-2.0

/// `rabbitmqctl` against the private broker.
enum Control {
    /// Closes the connections that go under `name`, and returns when the broker has.
    static func closeConnection(named name: String) async throws {
        // The broker lists a connection a little after it has begun.
        try await eventually("a connection named \(name)") {
            let table = try await TestServers.rabbitmqctl("list_connections", "pid", "client_properties")
            let pids = table.split(separator: "\n").filter { $0.contains(name) }
                .compactMap { $0.split(separator: "\t").first.map(String.init) }
            for pid in pids { _ = try await TestServers.rabbitmqctl("close_connection", pid, "a test") }
            return !pids.isEmpty
        }
    }
}

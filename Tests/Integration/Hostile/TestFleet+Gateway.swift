// SPDX-License-Identifier: Apache-2.0

import Foundation

extension TestFleet {
    /// Starts a gateway of this fleet, and waits until it takes connections.
    ///
    /// - Returns: the process and its port.
    func startGateway(_ settings: [String: String] = [:]) async throws -> (process: TestProcess, port: Int) {
        let reserved = try ReservedPort()
        let port = reserved.number
        let environment = ["MUSTER_GATEWAY_LISTEN": "127.0.0.1:\(port)"].merging(settings) { $1 }
        let process = try launch("muster-gateway", environment: environment)
        try await eventually("the gateway to take connections") {
            process.isRunning && (try? BlockingConnection(port: port)) != nil
        }
        withExtendedLifetime(reserved) {}
        return (process, port)
    }
}

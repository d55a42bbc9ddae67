// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The private servers that the tests run against, from the environment.
struct TestServers {
    /// They are not named.
    struct Missing: Error, CustomStringConvertible {
        let variable: String

        var description: String {
            "\(variable) is not set: run deploy/stack up, then eval \"$(deploy/stack env)\", then the tests"
        }
    }

    let brokerURL: String
    let databaseURL: String

    init() throws {
        brokerURL = try Self.value("MUSTER_TEST_AMQP_URL")
        databaseURL = try Self.value("MUSTER_TEST_POSTGRES_URL")
    }

    private static func value(_ variable: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[variable], !value.isEmpty else {
            throw Missing(variable: variable)
        }
        return value
    }
}

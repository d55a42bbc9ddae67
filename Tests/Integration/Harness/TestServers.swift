// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The private servers that the tests talk to, as `deploy/stack env` names them.
enum TestServers {
    static func required(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            throw MissingServer(name: name)
        }
        return value
    }

    struct MissingServer: Error, CustomStringConvertible {
        let name: String
        var description: String { "\(name) is not set: run the tests with `make test`, which starts the servers" }
    }

    static var broker: String { get throws { try required("MUSTER_TEST_AMQP_URL") } }
    static var database: String { get throws { try required("MUSTER_TEST_POSTGRES_URL") } }

    /// Where the executables of this build are: beside the test bundle.
    static var products: URL {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let named = URL(fileURLWithPath: program).deletingLastPathComponent()
        if FileManager.default.isExecutableFile(atPath: named.appendingPathComponent("muster-ingest").path) {
            return named
        }
        return URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appendingPathComponent(".build/debug")
    }
}

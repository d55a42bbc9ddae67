// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The servers that the tests talk to, as `deploy/stack env` names them, and the programs of this build.
package enum TestServers {
    /// What a variable of the environment says. A test that needs a server fails without one: it is never skipped.
    package static func required(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            throw MissingServer(name: name)
        }
        return value
    }

    /// The broker's URL.
    package static var broker: String { get throws { try required("MUSTER_TEST_AMQP_URL") } }
    /// The database's URL.
    package static var database: String { get throws { try required("MUSTER_TEST_POSTGRES_URL") } }
    /// The URL of another one, for the test that counts pages.
    package static var databaseOfOne: String { get throws { try required("MUSTER_TEST_POSTGRES_APART_URL") } }

    /// Where the executables of this build are: beside the test bundle.
    package static var products: URL {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let named = URL(fileURLWithPath: program).deletingLastPathComponent()
        if FileManager.default.isExecutableFile(atPath: named.appendingPathComponent("muster-ingest").path) {
            return named
        }
        return URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appendingPathComponent(".build/debug")
    }

    /// A name for a schema, a queue or a fleet that nothing else has.
    package static func uniqueName(_ stem: String) -> String {
        "\(stem)_\(UUID().uuidString.lowercased().replacing("-", with: "").prefix(16))"
    }

    private struct MissingServer: Error, CustomStringConvertible {
        let name: String
        var description: String {
            "\(name) is not set: run the tests with `make test`, or `eval \"$(deploy/stack env)\"` before"
        }
    }
}

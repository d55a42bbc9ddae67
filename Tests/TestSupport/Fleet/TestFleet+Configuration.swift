// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres
import Synchronization

extension TestFleet {
    /// Where a lab is and how to get in.
    package struct LabAddress: Sendable {
        /// Empty for a lab whose jobs somebody else runs.
        package var url: String
        package var token: String?
        /// The user that the token belongs to.
        package var user: String?
        /// Where the events are, if not at `/ws/` of `url`.
        package var eventsURL: String?

        package init(url: String, token: String? = nil, user: String? = nil, eventsURL: String? = nil) {
            self.url = url
            self.token = token
            self.user = user
            self.eventsURL = eventsURL
        }

        /// A lab whose jobs somebody else runs.
        package static let external = LabAddress(url: "")

        /// A lab that is not there.
        package static let nowhere = LabAddress(url: "http://127.0.0.1:1", token: "hunter2")
    }

    /// The secret of ``callbacks``; it is the one of the Standard Webhooks specification's own example.
    package static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// Callbacks are signed, and may go to this machine.
    package static let callbacks: Settings = ["callback": ["secret": secret, "allowed_networks": "[127.0.0.0/8]"]]

    /// The environment of a program of this fleet.
    package var environment: [String: String] { ["MUSTER_CONFIG": configurationFile.path] }

    /// What its programs read.
    package var configurationFile: URL { folder.appending(path: "muster.yaml") }

    /// Where a lab is, for those who do not go through a proxy.
    package func address(of lab: String) throws -> LabAddress {
        guard let address = labAddresses.withLock({ $0[lab] }) else { throw NeverHappened(what: "a lab \(lab)") }
        return address
    }

    /// From now on workers that are started find this lab so.
    package func reconfigure(_ lab: String, _ change: (inout LabAddress) -> Void) throws {
        labAddresses.withLock { change(&$0[lab, default: LabAddress(url: "")]) }
        try writeConfiguration()
    }

    /// From now on workers that are started know nothing of this lab.
    package func forget(_ lab: String) throws {
        labAddresses.withLock { _ = $0.removeValue(forKey: lab) }
        try writeConfiguration()
    }

    /// Changes what its programs read, until somebody writes it anew.
    package func rewriteConfiguration(_ change: (inout String) -> Void) throws {
        var text = try String(contentsOf: configurationFile, encoding: .utf8)
        change(&text)
        try write(text)
    }

    /// From now on workers that are started find the broker and the database there.
    package func detour(broker: String? = nil, database: String? = nil) throws {
        detours.withLock { $0 = (broker ?? $0.broker, database ?? $0.database) }
        try writeConfiguration()
    }

    /// It holds tokens, so nobody else may read it.
    func writeConfiguration() throws {
        let (broker, database) = detours.withLock { $0 }
        let labs = labAddresses.withLock { $0 }
        let text = try Self.configuration(name, labs: labs, settings, broker: broker, database: database)
        try write(text)
    }

    private func write(_ text: String) throws {
        try Data(text.utf8).write(to: configurationFile, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: configurationFile.path)
    }

    static func configuration(
        _ name: String,
        labs: [String: LabAddress],
        _ settings: Settings,
        broker: String? = nil,
        database: String? = nil
    ) throws -> String {
        let own: Settings = [
            "broker": ["url": "\"\(try broker ?? TestServers.broker)\"", "prefix": name],
            "database": [
                "url": "\"\(try database ?? TestServers.database)\"", "schema": name, "maximum_connections": "6",
                "pooler": TestServers.pooler.rawValue,
            ],
        ]
        var text = "shutdown_grace_seconds: 10\nbackends:\n"
        for (lab, address) in labs.sorted(by: { $0.key < $1.key }) {
            var keys = settings["backend"] ?? [:]
            if address.url.isEmpty { keys["type"] = "external" } else { keys["url"] = address.url }
            keys["token"] = address.token
            keys["user"] = address.user
            keys["events_url"] = address.eventsURL
            text += "  \(lab):\n" + lines(keys, indent: "    ")
        }
        for (section, keys) in own.overridden(by: settings).sorted(by: { $0.key < $1.key })
        where section != "backend" && !keys.isEmpty {
            text += "\(section):\n" + lines(keys, indent: "  ")
        }
        return text
    }

    private static func lines(_ keys: [String: String], indent: String) -> String {
        keys.sorted { $0.key < $1.key }.map { "\(indent)\($0): \($1)\n" }.joined()
    }
}

extension [String: [String: String]] {
    /// These with `others` in their place.
    package func overridden(by others: TestFleet.Settings) -> TestFleet.Settings {
        merging(others) { $0.merging($1) { $1 } }
    }
}

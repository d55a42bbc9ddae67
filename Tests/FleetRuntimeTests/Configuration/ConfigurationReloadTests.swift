// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import FleetRuntime

@Suite("What changes in a configuration")
struct ConfigurationReloadTests {
    private static let base = """
        broker: {url: "amqp://u:hunter2@h/"}
        database: {url: "postgres://u:hunter2@h/d"}
        backends:
          lab-a: {url: "http://a", token: hunter2}
          lab-b: {url: "http://b"}

        """

    private func changed(_ text: String, _ environment: [String: String] = [:]) throws -> [String] {
        let old = try FleetConfiguration.load(text: Self.base)
        return try FleetConfiguration.load(text: text, environment: environment).changedKeys(since: old)
    }

    @Test("Keys with another value, new keys, keys that are gone, labs and projects")
    func keys() throws {
        #expect(try changed(Self.base) == [])
        #expect(try changed(Self.base.replacing("token: hunter2", with: "token: hunter3")) == ["backends.lab-a.token"])
        #expect(try changed(Self.base.replacing(", token: hunter2", with: "")) == ["backends.lab-a.token"])
        #expect(
            try changed(Self.base.replacing("lab-b", with: "lab-c")) == [
                "backends.lab-b", "backends.lab-b.url", "backends.lab-c", "backends.lab-c.url",
            ]
        )
        #expect(try changed(Self.base + "projects: {g/p: }\n") == ["projects.g/p"])
        #expect(try changed(Self.base, ["MUSTER_LOG_LEVEL": "debug"]) == ["log.level"])
    }

    @Test("A secret whose file has another content has changed, wherever the file is named")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-reload-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "credentials/backends"),
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        let (named, found) = (folder.appending(path: "a"), folder.appending(path: "credentials/backends/lab-b.token"))
        let file = folder.appending(path: "muster.yaml")
        let text = Self.base.replacing("token: hunter2", with: "token_file: a")
        try Data(text.utf8).write(to: file)
        func load(_ secrets: (String, String)) throws -> FleetConfiguration {
            try Data(secrets.0.utf8).write(to: named)
            try Data(secrets.1.utf8).write(to: found)
            return try FleetConfiguration.load(configFile: file.path, environment: [:])
        }
        let old = try load(("one", "two"))
        #expect(try load(("one\n", "two")).changedKeys(since: old) == [])
        #expect(try load(("other", "two")).changedKeys(since: old) == ["backends.lab-a.token"])
        #expect(try load(("one", "other")).changedKeys(since: old) == ["backends.lab-b.token"])
    }

    @Test("What a reload has brought takes the place of all that systemd has brought at the start")
    func reloadedCredentials() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-reload-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ text: String, _ path: String) throws {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        try write("old", "start/backends_lab-b.token")
        try write("old", "start/backends_lab-a.token")
        let environment = [
            "CREDENTIALS_DIRECTORY": folder.appending(path: "start").path,
            "MUSTER_RELOADED_CREDENTIALS": folder.appending(path: "reloaded").path,
        ]
        let text = Self.base.replacing(", token: hunter2", with: "")
        let before = try FleetConfiguration.load(text: text, environment: environment)
        #expect(!before.warnings.contains { $0.key.hasPrefix("MUSTER_") }, "the variable is known")
        #expect(before.backends["lab-b"]?.token == Secret("old"))
        try write("new", "reloaded/backends/lab-b.token")
        let after = try FleetConfiguration.load(text: text, environment: environment)
        #expect(after.backends["lab-b"]?.token == Secret("new"))
        #expect(after.backends["lab-a"]?.token == nil, "it was removed")
        #expect(after.changedKeys(since: before) == ["backends.lab-a.token", "backends.lab-b.token"])
    }

    @Test("Nothing that is kept for the comparison shows a secret")
    func secrecy() throws {
        let configuration = try FleetConfiguration.load(text: Self.base)
        var text = ""
        dump(configuration, to: &text)
        #expect(!"\(configuration) \(text)".contains("hunter2"))
    }

    @Test("Where a worker listens stays, and is named each time as long as it differs")
    func fixed() throws {
        let old = try FleetConfiguration.load(text: Self.base + "metrics: {listen: '127.0.0.1:1'}\n")
        let text =
            Self.base + "metrics: {listen: '127.0.0.1:2', instance: 3}\ngateway: {listen: '127.0.0.1:4'}\n"
            + "log: {level: debug}\n"
        let (next, kept) = try FleetConfiguration.load(text: text).succeeding(old)
        #expect(kept == ["gateway.listen", "metrics.listen", "metrics.instance"])
        #expect(next.changedKeys(since: old) == ["log.level"])
        #expect(next.metrics.address == old.metrics.address)
        #expect(next.gateway.listen == old.gateway.listen)
        let (_, again) = try FleetConfiguration.load(text: text).succeeding(next)
        #expect(again == kept)
    }
}

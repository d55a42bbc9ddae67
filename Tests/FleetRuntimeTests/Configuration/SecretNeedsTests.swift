// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import FleetRuntime

@Suite("The secrets that each worker reads", .timeLimit(.minutes(2)))
struct SecretNeedsTests {
    /// Names a secret of every section, in files that are not there.
    private static let text = """
        broker: {url_file: /none/broker}
        database: {url_file: /none/database}
        backends:
          lab-a: {url: "http://a", token_file: /none/backends}
        callback:
          secret_file: /none/callback
          secrets:
            ci: {projects: ["g/*"]}
        mail: {url: "smtp://mail.example.org", from: muster@example.org, user: u, password_file: /none/mail}
        gateway:
          public_url: https://muster.example.org
          identity_providers:
            ci:
              issuer: https://ci.example.org
              client_id: muster
              client_secret_file: /none/gateway
              grants:
                all: {claims: ["a=b"], abilities: [read], projects: ["g/*"]}
        projects:
          g/p:
            squad_url: https://squad.example.org
            squad_token_file: /none/projects
            webhooks:
              hook: {template: gitlab-pipeline, secret: ci}

        """

    private func faults(_ needs: SecretNeeds) -> [ConfigurationFault] {
        do {
            _ = try FleetConfiguration.load(text: Self.text, secrets: needs)
            return []
        } catch {
            return error.faults
        }
    }

    @Test(
        "A worker complains of the secrets that it needs, and of no other",
        arguments: SecretNeeds.byWorker.map(\.worker)
    )
    func needs(_ worker: String) throws {
        let sections = try #require(SecretNeeds.byWorker.first { $0.worker == worker }?.sections)
        let faults = faults(.of(program: "muster-\(worker)"))
        #expect(Set(faults.compactMap { $0.key.split(separator: ".").first.map(String.init) }) == Set(sections))
        // Whoever checks all of it finds all of it.
        let all = self.faults(.all)
        #expect(all.contains { $0.key == "callback.secrets.ci.secret" })
        #expect(all.contains { $0.key == "projects.g/p.webhooks.hook.url" })
        #expect(all.count > faults.count)
        #expect(Set(all).isSuperset(of: faults))
    }

    @Test("What a worker does not need it does not have, wherever it is given")
    func absent() throws {
        let text = """
            broker: {url: "amqp://u:p@h/"}
            database: {url: "postgres://u:p@h/d"}
            backends:
              lab-a: {url: "http://a", token: hunter2}
            callback: {secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}
            mail: {url: "smtp://mail.example.org", from: muster@example.org, user: u, password: hunter2}

            """
        func load(_ worker: String) throws -> FleetConfiguration {
            try FleetConfiguration.load(
                text: text,
                environment: ["MUSTER_BACKENDS_LAB_A_TOKEN": "hunter3"],
                secrets: .of(program: "muster-\(worker)")
            )
        }
        let (gateway, submitter, notifier) = (try load("gateway"), try load("submitter"), try load("notifier"))
        #expect(gateway.backends["lab-a"]?.token == nil)
        #expect(submitter.backends["lab-a"]?.token == Secret("hunter3"))
        #expect(notifier.backends["lab-a"]?.token == nil)
        #expect([gateway, submitter].allSatisfy { $0.mail.password == nil && $0.callback.keys.all.isEmpty })
        #expect(notifier.mail.password == Secret("hunter2"))
        #expect(notifier.callback.keys.all.count == 1)
        // It is no change for whoever does not read it.
        let other = try FleetConfiguration.load(
            text: text.replacing("hunter2", with: "hunter4"),
            secrets: .of(program: "muster-gateway")
        )
        #expect(other.changedKeys(since: gateway) == [])
    }

    @Test("docs/security.md has the table of the code")
    func page() throws {
        let lines = try Self.file("docs/security.md").split(separator: "\n").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        #expect(
            lines.filter { $0.hasPrefix("| `muster-") }
                == SecretNeeds.byWorker.map { worker, sections in
                    "| `muster-\(worker)` | \(sections.map { "`\($0)`" }.joined(separator: ", ")) |"
                }
        )
    }

    @Test("The units load the sections that their workers read, and reload the same")
    func units() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-units-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (status, output) = try await runScript("deploy/package/units.py", [folder.path])
        #expect(status == 0, "\(output)")
        for (worker, sections) in SecretNeeds.byWorker {
            let name = worker == "gateway" ? "muster-gateway.service" : "muster-\(worker)@.service"
            let unit = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            // The name of a project has a slash in it, so its secrets have no files of their own.
            let files = sections.filter { $0 != "projects" }
            #expect(
                unit.matches(of: /LoadCredential=(\w+):\/etc\/muster\/credentials\/(\w+)\n/).map { String($0.1) }
                    == files
            )
            #expect(unit.contains("reload-worker /run/muster/%N \(files.joined(separator: " "))\n"))
        }
    }

    private static func file(_ path: String) throws -> String {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appending(path: path).path), folder.path.count > 1 {
            folder.deleteLastPathComponent()
        }
        return try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }
}

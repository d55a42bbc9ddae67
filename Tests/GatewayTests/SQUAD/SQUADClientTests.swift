// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

/// The script installs both from PyPI when they aren't there.
@Suite("squad-client and lava-test-plans as they are", .timeLimit(.minutes(10)))
struct SQUADClientTests {
    @Test("squad-client submits jobs, registers a callback, and reads how the build stands")
    func squadClient() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let definition = FileManager.default.temporaryDirectory.appending(path: "job-\(UUID().uuidString).yaml")
            try Data("job_name: boot €\ndevice_type: sim\n".utf8).write(to: definition)
            defer { try? FileManager.default.removeItem(at: definition) }
            let place = ["--group", "g", "--project", "p", "--build", "1"]
            for environment in ["qemu", "juno"] {
                let submitted = try await squadClient(
                    gateway,
                    token,
                    ["submit-job"] + place
                        + ["--environment", environment, "--backend", "lab-a", "--definition", definition.path]
                )
                #expect(submitted.status == 0, "\(submitted.output)")
                #expect(submitted.output.contains("SQUAD job id: "))
            }
            let registered = try await squadClient(
                gateway,
                token,
                ["register-callback"] + place + ["--url", "https://ci.example.org/hook?build=1"]
            )
            #expect(registered.status == 0, "\(registered.output)")
            let jobset = try #require(try await gateway.store.jobsets(JobsetFilter()).first)
            #expect(jobset.total == 2)
            #expect(jobset.callbackURL?.reveal == "https://ci.example.org/hook?build=1")
            let kept = try await gateway.store.definition(of: jobset.id, position: 0)
            #expect(kept == "job_name: boot €\ndevice_type: sim\n")

            try await gateway.end(jobset.id.text)
            #expect(try await gateway.form("/api/sealbuild/g/p/1/", "", token: token).status == 200)
            let script = """
                from squad_client.core.models import Squad
                build = Squad().group("g").project("p").build("1")
                jobs = build.testjobs(count=1)
                print("JOBS", len(build.testjobs()), len(jobs), sorted(j.environment for j in build.testjobs().values()))
                print("STATUS", build.finished, build.status.finished, build.status.tests_pass)
                print("JOB", [(j.job_status, j.fetched, j.failure) for j in jobs.values()])
                """
            let file = FileManager.default.temporaryDirectory.appending(path: "look-\(UUID().uuidString).py")
            try Data(script.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let looked = try await squadClient(gateway, token, ["shell", file.path, "--script-params", "none"])
            #expect(looked.output.contains("JOBS 2 1 ['juno', 'qemu']"), "\(looked.output)")
            #expect(looked.output.contains("STATUS True True 6"), "\(looked.output)")
            #expect(looked.output.contains("JOB [('Complete', True, None)]"), "\(looked.output)")
        }
    }

    @Test("squad-client says why a job was not taken")
    func refusals() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let arguments = [
                "submit-job", "--group", "g", "--project", "p", "--build", "1", "--environment", "e", "--backend",
                "lab-z", "--definition", "/dev/null",
            ]
            let unknown = try await squadClient(gateway, token, arguments)
            #expect(unknown.status != 0)
            #expect(unknown.output.contains("requested backend does not exist"), "\(unknown.output)")
            let other = try await gateway.token(["g/other"])
            let forbidden = try await squadClient(gateway, other, arguments)
            #expect(forbidden.status != 0)
            #expect(forbidden.output.contains("is forbidden"), "\(forbidden.output)")
        }
    }

    @Test("lava-test-plans submits what it has rendered, to the lab that it names by its host")
    func lavaTestPlans() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let (status, output) = try await runScript(
                "deploy/squad-clients",
                [
                    "lava-test-plans", "--device-type", "x86", "--variables", "devices/variables/x86.yaml",
                    "--test-case", "boot.yaml", "bt.yaml", "fwts.yaml", "--build-id", "next-1",
                    "--qa-server", "http://127.0.0.1:\(gateway.port)", "--qa-server-team", "g",
                    "--qa-server-project", "p", "--qa-token", token, "--lava-server", "https://lava-b.example.org/",
                ]
            )
            #expect(status == 0, "\(output)")
            let jobset = try #require(try await gateway.store.jobsets(JobsetFilter()).first, "\(output)")
            #expect(jobset.build == "/g/p/next-1")
            let jobs = try await gateway.store.jobs(of: jobset.id)
            #expect(jobs.map(\.environment) == ["x86", "x86", "x86"], "\(output)")
            #expect(jobs.map(\.backend) == ["lab-b", "lab-b", "lab-b"])
            let definition = try await gateway.store.definition(of: jobset.id, position: 0)
            #expect(definition?.contains("device_type: x86") == true)
        }
    }

    private func squadClient(
        _ gateway: TestGateway,
        _ token: String,
        _ arguments: [String]
    ) async throws -> (status: Int32, output: String) {
        try await runScript(
            "deploy/squad-clients",
            ["squad-client"] + arguments,
            environment: ["SQUAD_HOST": "http://127.0.0.1:\(gateway.port)", "SQUAD_TOKEN": token]
        )
    }
}

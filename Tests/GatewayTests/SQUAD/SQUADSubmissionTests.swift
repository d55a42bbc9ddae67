// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

@Suite("Submitting the way of SQUAD", .timeLimit(.minutes(10)))
struct SQUADSubmissionTests {
    @Test("The first job opens the build's jobset, the others join it, and a seal ends it")
    func life() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let numbers = try await (0..<3).asyncMap { try await gateway.submitJob("env-\($0)", token: token) }
            #expect(numbers == ["1", "2", "3"])
            let jobsets = try await gateway.store.jobsets(JobsetFilter())
            #expect(jobsets.map(\.total) == [3])
            #expect(jobsets.map(\.isSealed) == [false])
            let id = try #require(jobsets.first?.id.text)
            try await gateway.end(id)
            #expect(try await gateway.status(token: token)["finished"] as? Bool == false)
            let seal = try await gateway.ask(.POST, "/api/builds/1/seal/", token: token)
            #expect(seal.status == 200)
            #expect(try seal.json()["finished"] as? Bool == true)
            let status = try await gateway.status(token: token)
            #expect(status["finished"] as? Bool == true)
            #expect(status["muster_verdict"] as? String == "passed")
            #expect(status["tests_pass"] as? Int == 9)
        }
    }

    @Test("Of many that begin a build at once all are in one jobset, each once, over two gateways")
    func together() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            try await gateway.withAnother { other in
                let answers = try await withThrowingTaskGroup(of: String.self) { tasks in
                    for number in 0..<40 {
                        let asked = number % 2 == 0 ? gateway : other
                        tasks.addTask { try await asked.submitJob("env-\(number)", token: token) }
                    }
                    return try await tasks.reduce(into: [String]()) { $0.append($1) }
                }
                #expect(Set(answers).count == 40)
            }
            let jobsets = try await gateway.store.jobsets(JobsetFilter())
            #expect(jobsets.map(\.total) == [40])
            let jobs = try await gateway.store.jobs(of: #require(jobsets.first?.id))
            #expect(Set(jobs.map(\.environment)) == Set((0..<40).map { "env-\($0)" }))
        }
    }

    @Test("Jobs that come while a build is sealed again and again are each in one jobset, once")
    func sealedMeanwhile() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            _ = try await gateway.submitJob("first", token: token)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    for _ in 0..<10 {
                        let sealed = try await gateway.form("/api/sealbuild/g/p/1", "", token: token)
                        #expect([200, 503].contains(sealed.status), "\(sealed.text)")
                    }
                }
                for number in 0..<30 {
                    tasks.addTask { _ = try await gateway.submitJob("env-\(number)", token: token) }
                }
                try await tasks.waitForAll()
            }
            let jobsets = try await gateway.store.jobsets(JobsetFilter())
            var environments: [String] = []
            for jobset in jobsets { environments += try await gateway.store.jobs(of: jobset.id).map(\.environment) }
            #expect(environments.sorted() == (["first"] + (0..<30).map { "env-\($0)" }).sorted())
            let page = try await gateway.ask(.GET, "/api/builds/1/testjobs/?limit=100", token: token).json()
            let found = (page["results"] as? [[String: Any]])?.compactMap { $0["environment"] as? String } ?? []
            #expect(found.sorted() == environments.sorted())
        }
    }

    @Test("A seal that meets a build between two jobsets tells of the one that is sealed")
    func betweenJobsets() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            _ = try await gateway.submitJob("first", token: token)
            let first = try await gateway.form("/api/sealbuild/g/p/1", "", token: token)
            #expect(first.status == 200)
            // What a job does that comes next, before its jobset is there.
            let build = try #require(try await gateway.store.squadBuild(id: 1))
            try await gateway.store.moveOn(squadBuild: 1, from: build.jobset)
            let second = try await gateway.form("/api/sealbuild/g/p/1", "", token: token)
            #expect(second.status == 200)
            #expect(second.text == first.text)
        }
    }

    @Test("What comes after the seal is in another jobset of the same build, which calls the same receiver")
    func afterSeal() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let hook = "callback_url=https%3A%2F%2Fci.example.org%2Fhook&callback_method=get"
            let made = try await gateway.form("/api/createbuild/g/p/1", hook, token: token)
            #expect(made.status == 201)
            _ = try await gateway.submitJob("first", token: token)
            #expect(try await gateway.form("/api/sealbuild/g/p/1/", "", token: token).status == 200)
            #expect(try await gateway.submitJob("second", token: token) == "2")
            let jobsets = try await gateway.store.jobsets(JobsetFilter())
            #expect(jobsets.map(\.total) == [1, 1])
            #expect(jobsets.map(\.isSealed) == [false, true])
            #expect(
                jobsets.compactMap { $0.callbackURL?.reveal }
                    == Array(repeating: "https://ci.example.org/hook", count: 2)
            )
            let page = try await gateway.ask(.GET, "/api/builds/1/testjobs/", token: token).json()
            #expect(page["count"] as? Int == 2)
        }
    }

    @Test("A build that is declared with its number of jobs is sealed by the last of them")
    func declared() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            #expect(try await gateway.form("/api/createbuild/g/p/1", "jobs=2", token: token).status == 201)
            #expect(try await gateway.form("/api/createbuild/g/p/1", "jobs=2", token: token).status == 201)
            let other = try await gateway.form("/api/createbuild/g/p/1", "jobs=3", token: token)
            #expect(other.status == 400)
            _ = try await gateway.submitJob("a", token: token)
            _ = try await gateway.submitJob("b", token: token)
            let jobset = try #require(try await gateway.store.jobsets(JobsetFilter()).first)
            #expect(jobset.isSealed)
            try await gateway.end(jobset.id.text)
            #expect(try await gateway.status(token: token)["finished"] as? Bool == true)
        }
    }

    @Test("An Idempotency-Key makes the same request one job, also after the seal")
    func key() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let first = try await gateway.submitJob("a", token: token, headers: ["Idempotency-Key": "17"])
            let again = try await gateway.submitJob("a", token: token, headers: ["Idempotency-Key": "17"])
            #expect(again == first)
            _ = try await gateway.form("/api/sealbuild/g/p/1", "", token: token)
            #expect(try await gateway.submitJob("a", token: token, headers: ["Idempotency-Key": "17"]) == first)
            let other = try await gateway.form(
                "/api/submitjob/g/p/1/other",
                TestGateway.jobForm,
                token: token,
                headers: ["Idempotency-Key": "17"]
            )
            #expect(other.status == 409)
            #expect(try await gateway.store.jobsets(JobsetFilter()).map(\.total).reduce(0, +) == 1)
        }
    }

    @Test("A lab may be named by its host, as SQUAD's backends are")
    func host() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let form = "backend=lava-b.example.org&definition=device_type%3A+sim"
            #expect(try await gateway.form("/api/submitjob/g/p/1/e", form, token: token).status == 201)
            let jobset = try #require(try await gateway.store.jobsets(JobsetFilter()).first)
            #expect(try await gateway.store.jobs(of: jobset.id).map(\.backend) == ["lab-b"])
        }
    }

    @Test("A job that its lab has already is watched")
    func watch() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let form = "backend=lab-a&testjob_id=1234"
            let answer = try await gateway.form("/api/watchjob/g/p/1/e/?delay_fetch=true", form, token: token)
            #expect(answer.status == 201)
            #expect(answer.text == "1")
            let job = try await gateway.ask(.GET, "/api/testjobs/1/", token: token).json()
            #expect(job["job_id"] as? String == "1234")
            #expect(job["submitted"] as? Bool == true)
            #expect(job["job_status"] as? String == "Submitted")
            #expect(job["external_url"] as? String == "https://lava.example.org/scheduler/job/1234")
            // Its definition is in the lab: no link leads to nothing, and whoever asks all the same is told where to go.
            #expect(job.keys.contains("definition") && job["definition"] is NSNull)
            let definition = try await gateway.ask(.GET, "/api/testjobs/1/definition/", token: token)
            #expect(definition.status == 404)
            #expect(
                definition.text.contains("its definition is not here. See https://lava.example.org/scheduler/job/1234")
            )
            let list = try await gateway.ask(.GET, "/api/builds/1/testjobs/", token: token).json()
            let listed = try #require((list["results"] as? [[String: Any]])?.first)
            #expect(listed["definition"] is NSNull)
            _ = try await gateway.submitJob("f", token: token)
            let other = try await gateway.ask(.GET, "/api/testjobs/2/", token: token).json()
            let link = try #require(other["definition"] as? String)
            let path = try #require(URL(string: link)?.path(percentEncoded: true))
            #expect(try await gateway.ask(.GET, path, token: token).text == "device_type: sim\n")
        }
    }

    @Test("While ingest does not answer a job has its number all the same, and is not sealed away from")
    func slowIngest() async throws {
        try await TestGateway.with(["answer_timeout_seconds": "0.5"], hasIngest: false) { gateway in
            let token = try await gateway.token()
            // Without ingest no jobset is opened: nothing has been promised.
            let refused = try await gateway.form("/api/submitjob/g/p/1/e", TestGateway.jobForm, token: token)
            #expect(refused.status == 503)
            let build = try await gateway.store.squadBuild(#require(Build("/g/p/1")))
            let document = JobsetDocument(build: build.build, jobs: [], isOpen: true)
            _ = try await gateway.store.acceptJobset(id: build.jobset, document: document)
            let number = try await gateway.submitJob("e", token: token)
            let job = try await gateway.ask(.GET, "/api/testjobs/\(number)/", token: token)
            #expect(try job.json()["submitted"] as? Bool == false)
            #expect(try await gateway.form("/api/sealbuild/g/p/1/", "", token: token).status == 503)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetQueues
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("What a document may name over HTTP")
struct NamingTests {
    private static func watching(_ build: String = "/a/x/1", more: String = "") -> String {
        #"{"build": "\#(build)"\#(more), "jobs": [{"environment": "e", "backend": "lab-a", "lab_job": 7}]}"#
    }

    @Test("It takes an ability of its own to watch what a lab has already")
    func watch() async throws {
        try await TestGateway.with { gateway in
            let others = Set(Ability.allCases).subtracting([.watch])
            let submitter = try await gateway.token(["a/x"], can: others)
            let watcher = try await gateway.token(["a/x"], can: [.read, .submit, .watch])
            let elsewhere = try await gateway.token(["a/x", "a/y"], can: [.submit])
            for token in [submitter, elsewhere] {
                let refused = try await gateway.ask(.POST, "/api/v1/jobsets", token: token, Self.watching())
                #expect(refused.status == 403)
                #expect(refused.text.contains("does not have the ability watch in a/x"))
            }
            #expect(try await gateway.store.jobsets(JobsetFilter()).isEmpty)
            _ = try await gateway.submit(Self.watching(), token: watcher)
            let open = try await gateway.submit(
                #"{"build": "/a/x/2", "jobs": [], "open": true}"#,
                token: watcher
            )
            let addition = #"{"jobs": [{"environment": "e", "backend": "lab-a", "lab_job": 8}]}"#
            let path = "/api/v1/jobsets/\(open)/jobs"
            #expect(try await gateway.ask(.POST, path, token: submitter, addition).status == 403)
            #expect(try await gateway.ask(.POST, path, token: watcher, addition).status == 202)
            let form = "backend=lab-a&testjob_id=9"
            let watchJob = "/api/watchjob/a/x/3/e"
            #expect(try await gateway.form(watchJob, form, token: submitter).status == 403)
            #expect(try await gateway.form(watchJob, form, token: watcher).status == 201)
            #expect(try await gateway.store.client.query("select from naming_permit").isEmpty)
        }
    }

    @Test("What is published past the gateway may watch only where the configuration says so")
    func published() async throws {
        try await TestGateway.with(ingest: ["watch_projects": "[a/x]"]) { gateway in
            func publish(_ build: String) async throws -> UUID {
                let id = UUID()
                try await gateway.parts.publisher.publish(
                    jobset: Array(Self.watching(build).utf8),
                    id: id,
                    replyTo: nil,
                    correlationID: nil
                )
                return id
            }
            let allowed = try await publish("/a/x/1")
            let other = try await publish("/a/y/1")
            try await eventually("the one to be there") { try await gateway.store.jobset(id: allowed) != nil }
            try await eventually("the other to be refused") {
                try await gateway.store.rejectedDocuments(limit: 9).contains {
                    $0.messageID == other.text && $0.problem.errors.map(\.pointer) == ["/jobs/0/lab_job"]
                }
            }
            #expect(try await gateway.store.jobset(id: other) == nil)
        }
    }

    @Test("A baseline that may not be read is as one that is not there, by build and by id")
    func baseline() async throws {
        try await TestGateway.with(["public_projects": "[b/open]"]) { gateway in
            let owner = try await gateway.token(["*"])
            func ended(_ build: String) async throws -> String {
                let id = try await gateway.submit(TestGateway.document(build), token: owner)
                try await gateway.end(id)
                return id
            }
            let theirs = try await ended("/b/y/1.0")
            let open = try await ended("/b/open/1.0")
            var version = 0
            func baseline(_ name: String, token: String) async throws -> Baseline {
                version += 1
                let more = #", "baseline": "\#(name)""#
                let id = try await gateway.submit(TestGateway.document("/a/x/\(version)", more: more), token: token)
                return try await gateway.store.baseline(of: try #require(UUID(uuidString: id)))
            }
            let stranger = try await gateway.token(["a/*"])
            let submitter = try await gateway.token(["*"], can: [.submit])
            for token in [stranger, submitter] {
                for name in [theirs, "/b/y/1.0", UUID().uuidString.lowercased(), "/b/y/2.0"] {
                    #expect(try await baseline(name, token: token) == .unknown(name: name))
                }
                for name in [open, "/b/open/1.0"] {
                    guard case .found = try await baseline(name, token: token) else {
                        Issue.record("\(name) may be read by anybody")
                        continue
                    }
                }
            }
            for name in [theirs, "/b/y/1.0"] {
                guard case .found(let found) = try await baseline(name, token: owner) else {
                    Issue.record("\(name) may be read by its owner")
                    continue
                }
                #expect(found.id.text == theirs)
            }
        }
    }

    @Test("A build that is declared the way of SQUAD is compared with what its token may read")
    func declaredBaseline() async throws {
        try await TestGateway.with { gateway in
            let owner = try await gateway.token(["*"])
            let theirs = try await gateway.submit(TestGateway.document("/b/y/1.0"), token: owner)
            try await gateway.end(theirs)
            let readers = [owner: true, try await gateway.token(["a/x"]): false]
            for (number, (token, mayRead)) in readers.enumerated() {
                let path = "/api/createbuild/a/x/\(number)"
                #expect(try await gateway.form(path, "patch_baseline=/b/y/1.0", token: token).status == 201)
                let build = Build("/a/x/\(number)")
                let jobset = try await gateway.store.jobsets(JobsetFilter()).first { Build($0.build) == build }
                let baseline = try await gateway.store.baseline(of: try #require(jobset).id)
                guard mayRead else {
                    #expect(baseline == .unknown(name: "/b/y/1.0"))
                    continue
                }
                guard case .found(let found) = baseline else {
                    Issue.record("its owner may read it: \(baseline)")
                    continue
                }
                #expect(found.id.text == theirs)
            }
            #expect(try await gateway.store.client.query("select from naming_permit").isEmpty)
        }
    }

    @Test("A callback is signed with a secret of its own project alone, in a document and in an addition")
    func secret() async throws {
        let secret = "{secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, projects: [b/*]}"
        try await TestGateway.with(sections: ["callback": ["secrets": "{theirs: \(secret)}"]]) { gateway in
            let token = try await gateway.token(["*"])
            let callback = #""callback": {"url": "https://ci.example.org/hook", "secret": "theirs"}"#
            let refused = TestGateway.document("/a/x/1", more: ", " + callback)
            let answer = try await gateway.ask(.POST, "/api/v1/jobsets", token: token, refused)
            #expect(answer.status == 400)
            #expect(try answer.pointers() == ["/callback/secret"])
            _ = try await gateway.submit(TestGateway.document("/b/y/1", more: ", " + callback), token: token)
            for (build, status) in [("/a/x/2", 400), ("/b/y/2", 202)] {
                let id = try await gateway.submit(TestGateway.document(build), token: token)
                let path = "/api/v1/jobsets/\(id)/jobs"
                let added = try await gateway.ask(.POST, path, token: token, "{\(callback)}")
                #expect(added.status == status, "\(build): \(added.text)")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

/// Things of one project, by all the names that a request can have for them.
struct Things: Sendable {
    /// A jobset that runs.
    let jobset: String
    /// One that has ended.
    let finished: String
    /// The number of a job of the one that runs.
    let job: Int
    /// A delivery of it.
    let delivery: String
    /// Their numbers at SQUAD's addresses.
    let build: Int
    /// A build that has ended.
    let finishedBuild: Int
    let testJob: Int
    let environment: Int
    let suite: Int
    let squadGroup: Int
    let squadProject: Int
    /// The number of a known issue of the project.
    let issue: Int
    /// How many jobsets the project has.
    let jobsets: Int

    /// A webhook of the project.
    static let webhook = "theirwebhook"
    /// What is in the query of the project's callback, which nobody is shown.
    static let secret = "QUERYSECRET"
    /// What the project's environments and versions are called.
    static let marker = "theirmarker"

    /// What no stranger may be told.
    var secrets: [String] { [Self.secret, Self.marker, jobset, finished, delivery, "/b/y/"] }

    /// An answer that names these things, naming others in their place.
    func naming(_ others: Things, in text: String) -> String {
        [(jobset, others.jobset), (finished, others.finished), (delivery, others.delivery)].reduce(text) {
            text,
            names in
            text.replacing(names.0, with: names.1)
        }
    }

    static func make(_ gateway: TestGateway) async throws -> Things {
        let owner = try await gateway.token(["b/y", "open/p"])
        let callback = #", "callback_url": "https://ci.example.org/hook?token=\#(secret)""#
        let definition = #"device_type: sim\nsecrets:\n  key: \#(secret)"#
        let running = try await gateway.submit(
            TestGateway.document("/b/y/\(marker)", more: callback + #", "open": true"#, definition: definition),
            token: owner
        )
        let finished = try await gateway.submit(
            TestGateway.document("/b/y/\(marker)-2", more: callback, definition: definition),
            token: owner
        )
        try await gateway.end(finished, .incomplete)
        let open = try await gateway.submit(TestGateway.document("/open/p/1", more: callback), token: owner)
        try await gateway.end(open)
        let id = try gateway.uuid(finished)
        let report = ArchivedReport(
            Dictionary(uniqueKeysWithValues: ReportFormat.allCases.map { ($0, $0 == .json ? "{}" : "report") })
        )
        try await gateway.store.storeReport(report, of: id, generation: 1)
        let delivery = try await gateway.store.deliveries(of: id).first { $0.kind == "callback" }
        let form = "backend=lab-a&definition=device_type%3A+sim"
        let hook = "callback_url=https%3A%2F%2Fci.example.org%2Fhook%3Ftoken%3D\(secret)"
        for path in ["b/y/\(marker)", "open/p/2"] {
            _ = try await gateway.form("/api/createbuild/\(path)", hook, token: owner)
        }
        _ = try await gateway.form("/api/submitjob/open/p/2/e", form, token: owner)
        let testJob = try await gateway.form("/api/submitjob/b/y/\(marker)/\(marker)", form, token: owner)
        guard let number = Int(testJob.text), let delivery,
            let build = Build("/b/y/\(marker)"), let squad = try await gateway.store.squadJob(id: number)
        else { throw NeverHappened(what: "things of b/y: \(testJob.text)") }
        let known = try await gateway.store.squadBuild(build)
        let finishedBuild = try await finishedBuild(gateway, report, owner)
        let (project, names) = (known.projectID, Set([marker]))
        var filter = SQUADFilter()
        filter.scopes = [.all]
        let groups = try await gateway.store.squadGroups(filter).items
        _ = try await gateway.store.putWebhook(
            WebhookWish(name: webhook, url: "https://ci.example.org/\(secret)"),
            of: "b",
            "y",
            by: "owner"
        )
        return Things(
            jobset: running,
            finished: finished,
            job: try await gateway.store.jobs(of: gateway.uuid(running)).first?.id ?? 0,
            delivery: delivery.id.text,
            build: squad.buildID,
            finishedBuild: finishedBuild,
            testJob: number,
            environment: try await gateway.store.squadNumbers(.environment, names, ofProject: project)[marker] ?? 0,
            suite: try await gateway.store.squadNumbers(.suite, names, ofProject: project)[marker] ?? 0,
            squadGroup: groups.first { $0.slug == "b" }?.id ?? 0,
            squadProject: known.projectID,
            issue: try #require(
                try await gateway.store.addKnownIssue(
                    KnownIssueWish(pattern: TestPattern(suite: "ltp"), reason: marker),
                    to: "b",
                    "y",
                    by: "owner"
                ).id
            ),
            jobsets: try await gateway.store.jobsets(JobsetFilter(group: "b")).count
        )
    }

    private static func finishedBuild(
        _ gateway: TestGateway,
        _ report: ArchivedReport,
        _ owner: String
    ) async throws -> Int {
        let form = "backend=lab-a&definition=device_type%3A+sim"
        let job = try await gateway.form("/api/submitjob/b/y/\(marker)-3/e", form, token: owner)
        guard let number = Int(job.text), let squad = try await gateway.store.squadJob(id: number) else {
            throw NeverHappened(what: "a build that ends: \(job.text)")
        }
        _ = try await gateway.form("/api/sealbuild/b/y/\(marker)-3", "", token: owner)
        try await gateway.end(squad.jobset.text)
        try await gateway.store.storeReport(report, of: squad.jobset, generation: 1)
        return squad.buildID
    }

    /// The address of a route that names these things.
    func path(_ route: RouteAccess) -> String {
        // What only looks, looks at what has ended: its stream of events ends by itself.
        let jobset = route.method == "GET" ? finished : jobset
        let parts = route.template.split(separator: "/").map { part -> String in
            switch part {
            case "{jobset}": jobset
            case "{job}": "\(job)"
            case "{delivery}": delivery
            case "{position}": "0"
            case "{build}": "\(route.template.hasSuffix("/email") ? finishedBuild : build)"
            case "{testjob}", "{testrun}": "\(testJob)"
            case "{group}": route.isSQUAD && route.method == "GET" ? "\(squadGroup)" : "b"
            case "{project}": route.isSQUAD && route.method == "GET" ? "\(squadProject)" : "y"
            case "{version}": Self.marker
            case "{environment}": "e"
            case "{backend}": "lab-a"
            case "{number}": "1"
            case "{issue}": "\(issue)"
            case "{webhook}": Self.webhook
            case "{name}" where route.template.hasPrefix("/api/environments/"): "\(environment)"
            case "{name}" where route.template.hasPrefix("/api/suites/"): "\(suite)"
            case "{name}": "nobody"
            default: String(part)
            }
        }
        return "/" + parts.joined(separator: "/") + (route.isSQUAD ? "/" : "")
            + query(route)
    }

    private func query(_ route: RouteAccess) -> String {
        switch route.template {
        case "/api/testruns": "?build=\(build)"
        case "/api/tests", "/api/metrics": "?test_run=\(testJob)"
        case "/api/projects/{project}/compare_builds": "?baseline=\(build)&to_compare=\(build)&force=1"
        case "/api/v1/jobsets/{jobset}/comparison", "/jobsets/{jobset}/comparison": "?baseline=\(finished)"
        case "/search": "?q=b%2Fy"
        case "/bulk": "?action=cancel&group=b"
        case "/api/v1/bulk/cancel", "/api/v1/bulk/retry", "/api/v1/bulk/redeliver": "?group=b"
        case "/projects/{group}/{project}/test", "/projects/{group}/{project}/metric",
            "/api/v1/projects/{group}/{project}/test-history":
            "?suite=ltp&test=fork01"
        case "/api/v1/projects/{group}/{project}/events": "?seconds=0"
        default: ""
        }
    }
}

extension TestGateway {
    func uuid(_ text: String) throws -> UUID {
        guard let id = UUID(uuidString: text) else { throw NeverHappened(what: "an id: \(text)") }
        return id
    }
}

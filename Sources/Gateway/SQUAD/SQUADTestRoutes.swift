// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Hummingbird

/// Tests and metrics of a build or of a test run.
struct SQUADTestRoutes: Sendable {
    let gateway: GatewayParts

    private var store: FleetStore { gateway.store }

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("builds/{build}/tests") { try await ofBuild(isMeasured: false, $0, $1) }
        group.get("builds/{build}/metrics") { try await ofBuild(isMeasured: true, $0, $1) }
        group.get("tests") { try await ofTestRun(isMeasured: false, $0, $1) }
        group.get("metrics") { try await ofTestRun(isMeasured: true, $0, $1) }
    }

    private func ofBuild(isMeasured: Bool, _ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let page = Page(&query)
        let environments = query.text("environment__id__in") ?? query.text("environment")
        let suites = query.text("suite__id__in") ?? query.text("suite")
        var filter = SQUADResultFilter()
        filter.statuses = Self.statuses(&query)
        try query.finish()
        let build = try await gateway.readableSQUADBuild(context)
        filter.isMeasured = isMeasured
        filter.environments = try await slugs(.environment, environments, of: build)
        filter.suites = try await slugs(.suite, suites, of: build)
        let jobsets = try await store.jobsets(ofSQUADBuild: build.id)
        return try await page.response(to: request, build, jobsets, filter, gateway)
    }

    private func ofTestRun(isMeasured: Bool, _ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let page = Page(&query)
        let number = query.integer("test_run", 1...Int.max)
        if number == nil { query.add("test_run", nil, "is missing: the number of a test run") }
        var filter = SQUADResultFilter()
        filter.statuses = Self.statuses(&query)
        try query.finish()
        filter.isMeasured = isMeasured
        let (testJob, build, _) = try await gateway.readableSQUADTestJob(number ?? 0, of: "TestRun", context)
        // One that is not in yet has no results.
        filter.position = testJob.position ?? -1
        return try await page.response(to: request, build, [testJob.jobset], filter, gateway)
    }

    private static func statuses(_ query: inout QueryReader) -> [ResultStatus]? {
        guard let text = query.text("status") else { return nil }
        switch text {
        case "pass": return [.pass]
        case "fail": return [.fail]
        case "xfail": return [.xfail]
        case "skip": return [.skip, .unknown]
        default:
            query.add("status", text, "must be one of pass, fail, xfail, skip")
            return nil
        }
    }

    /// What these numbers, with commas between them, stand for in a build's project.
    private func slugs(_ kind: SQUADName.Kind, _ numbers: String?, of build: SQUADBuild) async throws -> [String]? {
        guard let numbers else { return nil }
        let parts = numbers.split(separator: ",")
        let ids = parts.compactMap { Int($0) }.filter { $0 > 0 }
        guard ids.count == parts.count else {
            throw SQUADRefusal.detail("\(kind.rawValue) must be numbers with commas between them", status: .badRequest)
        }
        return try await store.squadSlugs(kind, ids, ofProject: build.projectID)
    }
}

extension SQUADTestRoutes {
    /// A page of test cases. Its next page is found by where this one ends, not by how many come before it: a build can have
    /// millions.
    struct Page: Sendable {
        private let limit: Int
        private let after: SQUADResultPlace?

        init(_ query: inout QueryReader) {
            limit = SQUADPaging.limit(&query)
            after = query.text("after").flatMap { text in
                let parts = text.split(separator: ".").compactMap { Int($0) }.filter { $0 >= 0 }
                guard parts.count == 4, parts[0] < 1_000_000 else {
                    query.add("after", text, "is not from an address of a next page")
                    return nil
                }
                return SQUADResultPlace(jobset: parts[0], position: parts[1], labJobID: parts[2], index: parts[3])
            }
        }

        func response(
            to request: Request,
            _ build: SQUADBuild,
            _ jobsets: [UUID],
            _ filter: SQUADResultFilter,
            _ gateway: GatewayParts
        ) async throws -> Response {
            var filter = filter
            (filter.limit, filter.after) = (limit, after)
            let (results, next) = try await gateway.store.squadResults(of: jobsets, filter)
            let links = SQUADLinks(request, gateway)
            let objects = try await SQUADTestObjects(results, of: jobsets, build, gateway.store)
            let count = try await gateway.store.squadResultCount(of: jobsets, filter)
            return .squadJSON([
                // Of all tests, whatever suites and statuses were asked for: nobody counts millions for this.
                "count": .number(count),
                "next": .text(orNull: next.map { address(of: request, links, $0) }), "previous": .null,
                "results": .list(objects.list(isMeasured: filter.isMeasured, links)),
            ])
        }

        private func address(of request: Request, _ links: SQUADLinks, _ next: SQUADResultPlace) -> String {
            let place = [next.jobset, next.position, next.labJobID, next.index].map(String.init).joined(separator: ".")
            return links.page(of: request, replacing: [("limit", "\(limit)"), ("after", place)])
        }
    }
}

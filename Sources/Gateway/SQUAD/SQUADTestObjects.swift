// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

/// Test cases in SQUAD's JSON, as tests or as metrics.
struct SQUADTestObjects {
    private let results: [(jobset: Int, result: SQUADResult)]
    private let build: SQUADBuild
    private let environments: [String: Int]
    private let suites: [String: Int]
    /// The numbers of their test jobs, by the jobset's place and the job's.
    private var testJobs: [Int: [Int: Int]] = [:]

    init(
        _ results: [(jobset: Int, result: SQUADResult)],
        of jobsets: [UUID],
        _ build: SQUADBuild,
        _ store: FleetStore
    ) async throws {
        self.results = results
        self.build = build
        let project = build.projectID
        environments = try await store.squadNumbers(
            .environment,
            Set(results.map(\.result.environment)),
            ofProject: project
        )
        suites = try await store.squadNumbers(.suite, Set(results.map(\.result.suite)), ofProject: project)
        for (place, here) in Dictionary(grouping: results, by: \.jobset) {
            let positions = Set(here.map(\.result.position))
            testJobs[place] = try await store.squadJobNumbers(of: jobsets[place], positions: positions)
        }
    }

    func list(isMeasured: Bool, _ links: SQUADLinks) -> [JSONValue] {
        results.map { place, result in
            let specific = isMeasured ? metric(result, links) : test(result, links)
            return .object(common(place, result, links).merging(specific) { $1 })
        }
    }

    private func common(_ place: Int, _ result: SQUADResult, _ links: SQUADLinks) -> [String: JSONValue] {
        [
            "id": .number(result.id), "name": .text("\(result.suite)/\(result.name)"), "short_name": .text(result.name),
            "build": links.build(build.id),
            "environment": environments[result.environment].map { links.name(.environment, $0) } ?? .null,
            "suite": suites[result.suite].map { links.name(.suite, $0) } ?? .null,
            "test_run": testJobs[place]?[result.position].map { links.testRun($0) } ?? .null, "metadata": .null,
        ]
    }

    private func test(_ result: SQUADResult, _ links: SQUADLinks) -> [String: JSONValue] {
        let (status, outcome): (String, JSONValue) =
            switch result.status {
            case .pass: ("pass", true)
            case .fail: ("fail", false)
            case .xfail: ("xfail", false)
            case .skip, .unknown: ("skip", .null)
            }
        return [
            "url": links.test(result.id), "status": .text(status), "result": outcome, "log": .null,
            "has_known_issues": .truth(result.status == .xfail), "known_issues": [],
        ]
    }

    private func metric(_ result: SQUADResult, _ links: SQUADLinks) -> [String: JSONValue] {
        let value = result.measurement.flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
        return [
            "url": links.metric(result.id), "result": value.map { .fraction($0) } ?? .null,
            "measurement_list": .list(value.map { [.fraction($0)] } ?? []), "unit": .text(orNull: result.units),
            "is_outlier": false,
        ]
    }
}

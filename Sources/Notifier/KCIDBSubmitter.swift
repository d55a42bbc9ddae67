// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Fleet
import FleetRuntime
import FleetStore
import Foundation
import HTTPExchange
import NIOHTTP1
import Reports

/// Sends archived reports to the KCIDB of their project: one request for a jobset, whose body is the archived form.
///
/// What is sent twice is the same twice: the objects keep their ids, by which a KCIDB knows them.
struct KCIDBSubmitter: Sendable {
    let store: FleetStore
    /// By `group/project`.
    let projects: [String: FleetConfiguration.Project.KCIDB]
    let timeout: Duration

    /// How much of an answer is read: the id of the submission, or a reason.
    private static let maximumAnswerBytes = 65_536
    private static let longestMessage = 500

    init(store: FleetStore, configuration: FleetConfiguration) {
        self.store = store
        projects = configuration.projects.compactMapValues(\.kcidb)
        timeout = configuration.notifier.kcidbTimeout
    }

    /// What the project of a build, by its whole name, has for a KCIDB; `nil`: nothing.
    func settings(of build: String) -> KCIDBSettings? {
        Build(build).flatMap(project).map { KCIDBSettings(origin: $0.origin, compatible: $0.compatible) }
    }

    /// Has a jobset's report sent, if its project has a KCIDB. Asking again changes nothing.
    func order(for jobset: UUID, _ generation: Int, _ build: Build) async throws {
        guard let url = project(build)?.url else { return }
        try await store.addPush(.kcidb, of: jobset, generation: generation, to: url)
    }

    /// One try.
    func submit(_ delivery: DueDelivery) async throws -> TryResult {
        let (jobset, generation) = (delivery.jobsetID, delivery.generation)
        guard let build = try await store.build(of: jobset) else {
            throw ReportLoader.NotReportable(description: "the jobset is not there")
        }
        guard let project = project(build), let url = project.url else {
            let reason = "this notifier's configuration has no kcidb_url for \(build.group)/\(build.project)"
            return TryResult(ending: .notTaken(isBusy: false, retryAfter: nil), error: reason)
        }
        let report = try await store.storedReport(jobsetID: jobset, generation: generation, formats: [.kcidb])
        guard let body = report?[.kcidb] else {
            // It is made once, when the report is.
            return TryResult(
                ending: .refused,
                error: "the report has no form for KCIDB: kcidb_origin was not configured"
            )
        }
        do {
            return Self.result(of: try await answer(to: body, url, project))
        } catch {
            // An installation with certificate authorities of its own has them in the system.
            let failure = ConnectionFailure(error, authoritiesKey: "the system")
            let ending = TryEnding.notTaken(isBusy: failure.kind == .timeout, retryAfter: nil)
            return TryResult(ending: ending, error: "the KCIDB could not be reached: \(failure.reason)")
        }
    }

    private struct Answer: Sendable {
        let status: Int
        let retryAfter: String?
        let text: String
    }

    private func answer(to body: String, _ url: String, _ project: FleetConfiguration.Project.KCIDB) async throws
        -> Answer
    {
        var settings = HTTPSettings()
        settings.connectTimeout = min(timeout, settings.connectTimeout)
        settings.proxy = project.proxy
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "muster")
        request.headers.add(name: "Content-Type", value: "application/json")
        if let token = project.token { request.headers.add(name: "Authorization", value: "Bearer \(token.reveal)") }
        request.body = .bytes(Array(body.utf8))
        return try await settings.withClient { [request, timeout] client in
            try await HTTPExchange.send(request, over: client, within: timeout) { response in
                var bytes: [UInt8] = []
                try await response.body.beginning(upTo: Self.maximumAnswerBytes) { bytes.append(contentsOf: $0) }
                return Answer(
                    status: Int(response.status.code),
                    retryAfter: response.headers.first(name: "retry-after"),
                    text: HarmlessText.line(String(decoding: bytes, as: UTF8.self), limit: Self.longestMessage)
                )
            }
        }
    }

    /// A KCIDB takes a submission with 200 and checks it later; 400 is for what is no JSON.
    private static func result(of answer: Answer) -> TryResult {
        let ending: TryEnding =
            switch answer.status {
            case 200..<300: .taken
            case 400, 413, 422: .refused
            default:
                .notTaken(isBusy: answer.status == 429, retryAfter: answer.retryAfter.flatMap { RetryAfter.parse($0) })
            }
        return TryResult(
            ending: ending,
            status: answer.status,
            error: ending == .taken ? nil : "the KCIDB answered \(answer.status)",
            response: answer.text
        )
    }

    private func project(_ build: Build) -> FleetConfiguration.Project.KCIDB? {
        projects["\(build.group)/\(build.project)"]
    }
}

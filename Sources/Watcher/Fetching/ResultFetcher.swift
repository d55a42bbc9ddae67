// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import FleetRuntime
import FleetStore
import LAVA
import Logging

/// Fetches the results of a finished lab job, once, and hands them to the flusher.
struct ResultFetcher: Sendable {
    let store: FleetStore
    let flusher: CompletionFlusher
    let labs: [String: LAVAClient]
    let maximumResults: Int
    let logger: Logger

    /// How often a lab may answer nonsense for one job while it answers at all, before the job ends without results.
    static let maximumTries = 50
    /// LAVA's page of results that a usual job fits into.
    static let page = 1000

    func handle(_ message: LabJobMessage, tries: Int) async throws -> Disposition {
        guard let labJob = try await store.labJobToFetch(id: message.labJob) else { return .done }
        guard !labJob.isFetched else {
            try await flusher.finish(FetchedLabJob(id: labJob.id))
            return .done
        }
        guard let lab = labs[labJob.backend] else {
            return .retry(
                after: .seconds(30),
                reason: "backend \(labJob.backend) is not in this watcher's configuration"
            )
        }
        let fetched: FetchedLabJob
        do {
            fetched = try await fetch(labJob, from: lab)
        } catch {
            guard let instead = await abandoned(labJob, after: error, lab: lab, tries: tries) else {
                return .retry(after: .seconds(1 << min(tries, 5)), reason: "\(error)")
            }
            fetched = instead
        }
        faultPoint("watcher.fetched")
        try await flusher.finish(fetched)
        faultPoint("watcher.flushed")
        return .done
    }

    private func fetch(_ labJob: LabJobToFetch, from lab: LAVAClient) async throws(LAVAError) -> FetchedLabJob {
        var rows: [ResultRow] = []
        var job: LAVAResult?
        // One page more than is kept, so that a job with too many results is cut here and not refused there.
        for try await page in lab.results(job: labJob.number, pageSize: Self.page, maximum: maximumResults + Self.page)
        {
            job = page.last { $0.suite == "lava" && $0.name == "job" } ?? job
            rows += page.map(ResultRow.init)
            if rows.count >= maximumResults {
                logger.warning("results cut", metadata: ["lab_job": "\(labJob.number)", "kept": "\(maximumResults)"])
                rows.removeLast(rows.count - maximumResults)
                break
            }
        }
        return FetchedLabJob(
            id: labJob.id,
            errorType: job?.errorType?.storable,
            errorMessage: job?.errorMessage?.storable,
            results: rows
        )
    }

    /// A lab that is away is waited for. One that answers, but never with this job's results, ends the wait: the job
    /// ends, and not as complete.
    private func abandoned(
        _ labJob: LabJobToFetch,
        after error: LAVAError,
        lab: LAVAClient,
        tries: Int
    ) async -> FetchedLabJob? {
        guard tries >= Self.maximumTries else { return nil }
        switch error.kind {
        case .unauthorized, .throttled, .cancelled: return nil
        default: break
        }
        do {
            _ = try await lab.version()
        } catch {
            return nil
        }
        logger.error("results given up", metadata: ["lab_job": "\(labJob.number)", "error": "\(error)"])
        let reason = "the results of lab job \(labJob.number) could not be fetched: \(error)".storable
        return FetchedLabJob(id: labJob.id, unfetchable: reason)
    }
}

extension ResultRow {
    init(_ result: LAVAResult) {
        self.init(
            suite: result.suite.storable,
            suiteNumber: result.suiteNumber,
            name: result.name.storable,
            status: ResultStatus(rawValue: result.result.rawValue) ?? .unknown,
            measurement: result.measurement.flatMap { $0.isDecimalNumber ? $0 : nil },
            units: result.unit.isEmpty ? nil : result.unit.storable,
            startLogLine: result.startLogLine,
            endLogLine: result.endLogLine
        )
    }
}

extension String {
    /// PostgreSQL's texts hold no NUL; a lab that sends one must not make its job unstorable.
    fileprivate var storable: String { contains("\0") ? replacing("\0", with: "\u{FFFD}") : self }

    /// Whether it is digits, perhaps with a sign and a point, as LAVA's measurements are.
    fileprivate var isDecimalNumber: Bool {
        utf8.count <= 60 && wholeMatch(of: /-?[0-9]+(\.[0-9]+)?/) != nil
    }
}

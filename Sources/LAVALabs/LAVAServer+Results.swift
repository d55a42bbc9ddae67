// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import LAVA
package import Labs

extension LAVAServer {
    package func results(of id: LabJobID, pageSize: Int, maximum: Int) -> any LabResultPages {
        // LAVA has no job 0: it answers with an empty list.
        let pages = client.results(job: id.number ?? 0, pageSize: pageSize, maximum: maximum)
        return LAVAPages(pages: pages.makeAsyncIterator(), server: self)
    }

    package func verdict(of id: LabJobID) async throws(LabError) -> LabVerdict? {
        guard let number = id.number else { throw LabError(LAVAError.none) }
        return try await asking { () async throws(LAVAError) in
            try await client.jobCase(job: number).map(LabVerdict.init)
        }
    }

    package func endWaitsForResults() { client.endWaitsForResults() }
}

/// The pages of one job's results.
private struct LAVAPages: LabResultPages {
    var pages: LAVAResultPages.Iterator
    /// Keeps the connections.
    let server: LAVAServer

    mutating func next() async throws(LabError) -> LabResultPage? {
        let results: [LAVAResult]?
        do {
            results = try await pages.next()
        } catch {
            throw LabError(error)
        }
        guard let results else { return nil }
        return LabResultPage(
            rows: results.map(ResultRow.init),
            totalCount: pages.totalCount,
            unreadableCount: pages.unreadableCount,
            fault: pages.firstFault,
            verdict: results.last { $0.suite == "lava" && $0.name == "job" }.map(LabVerdict.init)
        )
    }
}

extension LabVerdict {
    /// What the case `lava/job` says, which is the last thing that a job writes.
    init(_ result: LAVAResult) {
        self.init(
            status: ResultStatus(result.result),
            errorType: result.errorType,
            errorMessage: result.errorMessage
        )
    }
}

extension ResultRow {
    /// A result as it is stored.
    package init(_ result: LAVAResult) {
        self.init(
            suite: TestName.suite(result.suite).storable,
            suiteNumber: result.suiteNumber,
            name: TestName.name(result.name, in: result.testSet).storable,
            status: ResultStatus(result.result),
            measurement: result.measurement.flatMap { Self.isMeasurement($0) ? $0 : nil },
            units: result.unit.isEmpty ? nil : result.unit.storable,
            startLogLine: result.startLogLine.flatMap { Int32(exactly: $0) }.map { Int($0) },
            endLogLine: result.endLogLine.flatMap { Int32(exactly: $0) }.map { Int($0) }
        )
    }
}

extension ResultStatus {
    /// LAVA's four words are ours.
    init(_ outcome: LAVAResult.Outcome) {
        self =
            switch outcome {
            case .pass: .pass
            case .fail: .fail
            case .skip: .skip
            case .unknown: .unknown
            }
    }
}

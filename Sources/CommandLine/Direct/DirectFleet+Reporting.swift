// SPDX-License-Identifier: Apache-2.0

import ExternalLabs
import Fleet
import FleetRuntime
import FleetStore

extension DirectFleet {
    func reportResult(_ body: [UInt8], ofJob id: Int) async throws -> Receipt {
        let configuration = access.configuration
        let result: ReportedResult
        do {
            result = try ResultReader.read(
                body,
                rules: ReportRules(maximumTests: configuration.watcher.maximumResultsPerJob)
            )
        } catch {
            throw ServerRefusal(problem: .badRequest(error.faults))
        }
        let receipt = try await access.withStore { store in
            try await store.reportResult(
                ofJob: id,
                result,
                externalBackends: configuration.externalBackends,
                by: Author.name
            )
        }
        return Receipt(receipt)
    }
}

// SPDX-License-Identifier: Apache-2.0

import ExternalLabs
import Fleet
import FleetOperations
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
        let receipt = try await operate { fleet, actor in
            try await fleet.reportResult(
                result,
                ofJob: id,
                externalBackends: configuration.externalBackends,
                by: actor
            )
        }
        return Receipt(receipt)
    }
}

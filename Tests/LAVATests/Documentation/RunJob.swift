// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import LAVA
import Logging

/// Runs a job in a lab, and returns how its test cases went.
func run(_ definition: String, in lab: LAVALab) async throws -> [String: LAVAResult.Outcome] {
    let httpClient = try LAVAClient.makeHTTPClient(for: [lab])
    let client = LAVAClient(lab: lab, httpClient: httpClient, logger: Logger(label: "lab"))
    do {
        let outcomes = try await run(definition, by: client)
        try await httpClient.shutdown()
        return outcomes
    } catch {
        try? await httpClient.shutdown()
        throw error
    }
}

private func run(_ definition: String, by client: LAVAClient) async throws -> [String: LAVAResult.Outcome] {
    guard let number = try await submitOnce(definition, by: client) else { return [:] }
    while try await client.job(number).state != .finished { try await Task.sleep(for: .seconds(1)) }
    var outcomes: [String: LAVAResult.Outcome] = [:]
    for try await page in client.results(job: number) {
        for result in page { outcomes["\(result.suite)/\(result.name)"] = result.result }
    }
    return outcomes
}

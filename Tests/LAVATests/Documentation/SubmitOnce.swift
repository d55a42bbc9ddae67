// SPDX-License-Identifier: Apache-2.0

import Foundation
import LAVA

/// Submits a job, and looks for it where nobody knows whether the lab has taken it.
///
/// - Returns: its number; nil if the lab does not have it, so that it may be submitted again.
func submitOnce(
    _ definition: String,
    by client: LAVAClient,
    settle: Duration = .seconds(30)
) async throws -> Int? {
    // By the lab's clock, which may be behind.
    let (comment, begin) = (UUID().uuidString, Date.now - 60)
    do {
        return try await client.submit(definition: definition, comment: comment).first?.number
    } catch {
        guard error.requestMayHaveBeenProcessed else { throw error }
        // A server that is slow may still be at it.
        try await Task.sleep(for: settle)
        return try await client.findJobs(comment: comment, since: begin).jobs.first?.id
    }
}

// SPDX-License-Identifier: Apache-2.0

import FleetRuntime

/// Tells failures of a lab from failures of a build: only the former are worth another attempt.
///
/// LAVA itself says so by `error_type: Infrastructure` of the test case `lava/job`. Labs whose boards or networks fail
/// in ways that LAVA takes for the job's own fault are met by patterns over its `error_msg`, for all projects or for
/// one, as SQUAD's `CI_LAVA_INFRA_ERROR_MESSAGES` are.
struct InfrastructureRule: Sendable {
    /// Patterns for all projects.
    let patterns: [String]
    /// Further patterns, by `group/project`.
    let byProject: [String: [String]]

    /// Whether what LAVA says of a job that did not complete is the lab's fault.
    func isInfrastructure(errorType: String?, errorMessage: String?, project: String) -> Bool {
        if errorType == "Infrastructure" { return true }
        guard let errorMessage else { return false }
        // Seldom enough to be compiled anew each time; a regular expression of Swift's can't be shared between tasks.
        return (patterns + byProject[project, default: []]).contains { pattern in
            (try? Regex(pattern)).map { errorMessage.firstMatch(of: $0) != nil } ?? false
        }
    }
}

extension InfrastructureRule {
    /// The rule of a configuration.
    init(_ configuration: FleetConfiguration) {
        self.init(
            patterns: configuration.watcher.infrastructurePatterns,
            byProject: configuration.projects.mapValues(\.infrastructurePatterns)
        )
    }
}

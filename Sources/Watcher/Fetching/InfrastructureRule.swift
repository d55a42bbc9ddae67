// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Logging

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
    /// Where it is said that a pattern takes too long.
    var logger: Logger?

    /// Whether what LAVA says of a job that did not complete is the lab's fault. A pattern that can't be searched for in
    /// bounded time matches nothing.
    func isInfrastructure(errorType: String?, errorMessage: String?, project: String) -> Bool {
        if errorType == "Infrastructure" { return true }
        guard let errorMessage else { return false }
        return (patterns + byProject[project, default: []]).contains { text in
            switch BoundedPattern(text)?.search(errorMessage) {
            case .found: return true
            case .givenUp:
                logger?.warning("infrastructure pattern given up: it takes too long", [.pattern: "\(text)"])
                return false
            case .notFound, nil: return false
            }
        }
    }
}

extension InfrastructureRule {
    /// The rule of a configuration.
    init(_ configuration: FleetConfiguration, logger: Logger? = nil) {
        self.init(
            patterns: configuration.watcher.infrastructurePatterns,
            byProject: configuration.projects.mapValues(\.infrastructurePatterns),
            logger: logger
        )
    }
}

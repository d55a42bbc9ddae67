// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Logging
import ServiceLifecycle

/// Has the lists of failing tests mailed on their days.
struct DigestUpkeep: Service {
    let store: FleetStore
    let wanted: [WantedDigest]
    let publicURL: String?
    let interval: Duration
    let logger: Logger

    init(_ parts: FleetParts) {
        store = parts.store
        wanted = parts.configuration.projects.sorted { $0.key < $1.key }.compactMap { name, project in
            guard !project.mailDigest.isEmpty, case .project(let group, let short) = ProjectScope(name) else {
                return nil
            }
            return WantedDigest(
                group: group,
                project: short,
                receivers: project.mailDigest,
                day: project.mailDigestDay
            )
        }
        publicURL = parts.configuration.gateway.publicURL
        interval = parts.configuration.notifier.upkeepInterval
        logger = parts.logger
    }

    func run() async throws {
        await repeatUntilShutdown(every: interval, logger: logger, "the lists of failing tests") {
            var firstError: (any Error)?
            // One whose list can't be made keeps no other from theirs.
            for digest in wanted {
                let (name, url) = ("\(digest.group)/\(digest.project)", publicURL)
                do {
                    _ = try await store.orderDigest(digest) { MailedDigest.text($0, of: name, publicURL: url) }
                } catch {
                    firstError = firstError ?? error
                }
            }
            if let firstError { throw firstError }
        }
    }
}

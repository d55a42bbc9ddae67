// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Hummingbird

/// SQUAD's addresses, for those who come from there: thin, over the same documents, tokens and store as the API.
struct SQUADRoutes {
    let gateway: GatewayParts

    func add(to router: Router<GatewayContext>) {
        let group = router.group("api").add(middleware: SQUADErrorMiddleware())
        SQUADSubmissionRoutes(gateway: gateway).add(to: group)
        SQUADResultRoutes(gateway: gateway).add(to: group)
        SQUADListRoutes(gateway: gateway).add(to: group)
        SQUADBuildRoutes(gateway: gateway).add(to: group)
        SQUADTestJobRoutes(gateway: gateway).add(to: group)
        SQUADCallbackRoutes(gateway: gateway).add(to: group)
        SQUADNameRoutes(gateway: gateway).add(to: group)
        SQUADTestRoutes(gateway: gateway).add(to: group)
        SQUADTestRunRoutes(gateway: gateway).add(to: group)
        SQUADReportRoutes(gateway: gateway).add(to: group)
        SQUADPageRoutes(gateway: gateway).add(to: router)
    }
}

/// Addresses of SQUAD's at which there is nothing here, and where to go instead.
enum SQUADElsewhere {
    private static let results =
        "Results stay in SQUAD; those of jobs that Muster ran are at /api/v1/jobsets/{jobset}/results."

    /// By the first part behind `/api/`.
    private static let top: [String: String] = [
        "data": results,
        "knownissues": "Known issues stay in SQUAD.", "annotations": "Annotations stay in SQUAD.",
        "backends": "The labs are at /api/v1/backends.",
    ]

    /// By what stands behind `/api/builds/{build}/`.
    private static let ofBuild: [String: String] = [
        "failures_with_confidence": results
    ]

    /// What is told of an address at which there is nothing; `nil` of one that is none of SQUAD's either.
    static func words(forPath path: String) -> String? {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.first == "api", parts.count > 1, parts[1] != "v1" else { return nil }
        if parts.count == 4, parts[1] == "builds" { return ofBuild[parts[3]] }
        return top[parts[1]]
    }
}

/// SQUAD knows no token that may submit and not look.
extension Caller {
    /// The projects whose builds it may look at: those that it may read of or submit to.
    var seen: [ProjectScope] { readable + permissions.projects(for: .submit) }

    /// Whether it may look at a build.
    func maySee(_ build: Build) -> Bool { seen.contains { $0.covers(group: build.group, project: build.project) } }

    /// Whether it has no token.
    var isAnonymous: Bool { tokenID == nil }
}

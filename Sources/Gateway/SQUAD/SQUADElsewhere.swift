// SPDX-License-Identifier: Apache-2.0

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

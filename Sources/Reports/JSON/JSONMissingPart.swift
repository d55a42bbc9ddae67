// SPDX-License-Identifier: Apache-2.0

import Fleet

/// An element of `missing`: a part that could not be made.
struct JSONMissingPart: Encodable {
    let part: String
    let reason: String
    let environments: Int?
    let environmentsTotal: Int?

    enum CodingKeys: String, CodingKey {
        case part, reason, environments
        case environmentsTotal = "environments_total"
    }

    init(_ missing: MissingPart, _ limits: ReportLimits) {
        part = missing.part.rawValue
        reason = HarmlessText.line(missing.reason, limit: limits.reasonLength)
        environments = missing.environments?.missing
        environmentsTotal = missing.environments?.total
    }
}

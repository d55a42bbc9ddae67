// SPDX-License-Identifier: Apache-2.0

/// A jobset as a change has left it, in JSON: the jobset's own keys, and one more.
package struct ChangedJobset: Codable, Sendable, Equatable {
    package let jobset: Jobset
    /// Whether the change has canceled what was left of it: more jobs had failed than now may.
    package let hasCanceledRest: Bool

    private enum CodingKeys: CodingKey { case hasCanceledRest }

    /// A jobset after a change.
    package init(_ jobset: Jobset, hasCanceledRest: Bool) {
        self.jobset = jobset
        self.hasCanceledRest = hasCanceledRest
    }

    package init(from decoder: any Decoder) throws {
        jobset = try Jobset(from: decoder)
        hasCanceledRest = try decoder.container(keyedBy: CodingKeys.self).decode(Bool.self, forKey: .hasCanceledRest)
    }

    package func encode(to encoder: any Encoder) throws {
        try jobset.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(hasCanceledRest, forKey: .hasCanceledRest)
    }
}

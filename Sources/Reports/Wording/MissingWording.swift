// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What a report lacks, in words, the same in every form of it.
enum MissingWording {
    /// A sentence for each part that is missing.
    static func lines(_ parts: [MissingPart]) -> [String] { parts.map(sentence) }

    private static func sentence(_ part: MissingPart) -> String {
        let reason = HarmlessText.line(part.reason, limit: 300)
        if let environments = part.environments, !part.isWhole {
            let some = "\(environments.missing.grouped) of \(environments.total.grouped) environments"
            return switch part.part {
            case .comparison: "\(some) could not be compared with the baseline \(reason)."
            case .suites: "The suites of \(some) could not be summed up \(reason)."
            case .history: "Earlier failures of the tests of \(some) could not be counted \(reason)."
            case .failedTests, .testCases: "The tests of \(some) could not be listed \(reason)."
            }
        }
        return switch part.part {
        case .comparison: "The tests could not be compared with the baseline \(reason)."
        case .suites: "The suites could not be summed up \(reason)."
        case .history: "Earlier failures of the failed tests could not be counted \(reason)."
        case .failedTests: "The failed tests could not all be listed \(reason)."
        case .testCases: "The test cases could not all be listed \(reason)."
        }
    }
}

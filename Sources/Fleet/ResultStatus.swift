// SPDX-License-Identifier: Apache-2.0

/// What a test case said, in LAVA's four words.
package enum ResultStatus: String, Sendable, Codable, CaseIterable {
    case pass
    case fail
    case skip
    case unknown
}

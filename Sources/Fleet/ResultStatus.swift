// SPDX-License-Identifier: Apache-2.0

/// What a test case said.
package enum ResultStatus: String, Sendable, Codable, CaseIterable {
    case pass
    case fail
    /// It failed, as a known issue of its project says.
    case xfail
    case skip
    case unknown

    /// What a lab can say: LAVA's four words. Which failures are known is for the fleet to find out.
    package static let ofLabs: [ResultStatus] = [.pass, .fail, .skip, .unknown]
}

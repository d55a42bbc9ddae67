// SPDX-License-Identifier: Apache-2.0

extension LAVAClient {
    /// The user the lab takes us for; empty means anonymous.
    ///
    /// A header that LAVA does not understand makes a request anonymous in silence, so ask this when a lab is set
    /// up. A wrong token throws ``LAVAError/Kind/unauthorized(message:)``.
    public func whoami() async throws(LAVAError) -> String {
        struct Answer: Decodable { var user: String }
        return try await decoded(Answer.self, LAVARequest("system/whoami/")).user
    }

    /// The version of LAVA, such as `2023.01`.
    public func version() async throws(LAVAError) -> String {
        struct Answer: Decodable { var version: String }
        return try await decoded(Answer.self, LAVARequest("system/version/")).version
    }
}

// SPDX-License-Identifier: Apache-2.0

/// LAVA's way of knowing who comes: `Authorization: Token <t>`. A wrong token is 403 everywhere; any other scheme is
/// anonymous in silence.
struct Authentication {
    var users: [SimulatorOptions.User]

    func check(_ header: String?) -> Result<SimulatorOptions.User?, SubmissionBody.Refused> {
        let words = (header ?? "").split(whereSeparator: \.isWhitespace)
        guard let scheme = words.first, scheme.lowercased() == "token" else { return .success(nil) }
        switch words.count {
        case 1: return refused("Invalid token header. No credentials provided.")
        case 2: break
        default: return refused("Invalid token header. Token string should not contain spaces.")
        }
        guard let user = users.first(where: { $0.token == words[1] }) else { return refused("Invalid token.") }
        return .success(user)
    }

    private func refused(_ words: String) -> Result<SimulatorOptions.User?, SubmissionBody.Refused> {
        .failure(SubmissionBody.Refused(.detail(403, words)))
    }
}

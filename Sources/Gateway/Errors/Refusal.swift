// SPDX-License-Identifier: Apache-2.0

import Fleet
import HTTPTypes

/// A request that is not done, and what its sender is told: a problem in the shape of RFC 9457.
struct Refusal: Error, Sendable {
    /// What is wrong.
    var problem: Problem
    /// What else the head of the answer says.
    var headers = HTTPFields()
    /// Whether the connection is closed after it: what is still to come of the request is not wanted.
    var closes = false

    /// A problem as it stands.
    init(_ problem: Problem, headers: HTTPFields = [:], closes: Bool = false) {
        self.problem = problem
        self.headers = headers
        self.closes = closes
    }

    /// A problem of the HTTP surface.
    init(
        _ name: String,
        _ title: String,
        status: Int,
        detail: String,
        errors: [Fault] = [],
        headers: HTTPFields = [:],
        closes: Bool = false
    ) {
        let type = "urn:muster:problem:\(name)"
        self.init(
            Problem(type: type, title: title, status: status, detail: detail, errors: errors),
            headers: headers,
            closes: closes
        )
    }
}

extension Refusal {
    /// Who asks is not known.
    static func unauthorized(isTokenBad: Bool = false) -> Refusal {
        let challenge = #"Bearer realm="muster""#
        return Refusal(
            "unauthorized",
            "A token is needed",
            status: 401,
            detail: isTokenBad
                ? "The token is unknown, expired or revoked."
                : "Send a token: `Authorization: Bearer muster_…`. Those of public projects can be read without.",
            headers: [.wwwAuthenticate: isTokenBad ? challenge + #", error="invalid_token""# : challenge]
        )
    }

    /// The token is not for this.
    static func forbidden(_ ability: Ability, of project: String, token: String) -> Refusal {
        Refusal(
            "forbidden",
            "The token does not allow this",
            status: 403,
            detail: "The token \(token) does not let its holder \(ability.rawValue) in \(project)."
        )
    }

    /// There is no such thing, or none that the caller may know of.
    static func notFound(_ detail: String = "There is nothing of that name here, or your token is not for it.")
        -> Refusal
    {
        Refusal("not-found", "Not found", status: 404, detail: detail)
    }

    /// Something about the request makes no sense.
    static func badRequest(_ faults: [Fault]) -> Refusal {
        Refusal(
            "bad-request",
            "The request is not valid",
            status: 400,
            detail: faults.count == 1 ? "One thing is wrong with it." : "\(faults.count) things are wrong with it.",
            errors: faults
        )
    }

    /// Something that the gateway needs is away.
    static func unavailable(_ what: String) -> Refusal {
        Refusal(
            "unavailable",
            "Not available at present",
            status: 503,
            detail: "\(what) can't be reached at present. Try again.",
            headers: [.retryAfter: "5"]
        )
    }
}

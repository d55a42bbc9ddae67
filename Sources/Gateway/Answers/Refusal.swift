// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A request that is not done, and what its sender is told: a problem in the shape of RFC 9457.
struct Refusal: Error, Sendable {
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
        self.init(
            Problem(type: Problem.type(named: name), title: title, status: status, detail: detail, errors: errors),
            headers: headers,
            closes: closes
        )
    }
}

extension Refusal {
    /// What the fleet does not do. What passes by itself may be asked for again at once.
    init(_ refusal: FleetRefusal) {
        var problem = Problem(refusal)
        switch refusal {
        // Whoever may not know that it is there is told the same.
        case .noSuchJobset, .noSuchDelivery:
            problem.detail = String(problem.detail.dropLast()) + ", or your token does not allow you to see it."
        default: break
        }
        self.init(problem, headers: problem.status == 503 ? [.retryAfter: "1"] : [:])
    }

    /// The same, after which the connection is closed.
    var closing: Refusal {
        var refusal = self
        refusal.closes = true
        return refusal
    }

    /// Who asks is not known.
    static func unauthorized(isTokenBad: Bool = false) -> Refusal {
        let challenge = #"Bearer realm="muster""#
        return Refusal(
            "unauthorized",
            "A token is required",
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
            detail: "The token \(token) does not have the ability \(ability.rawValue) in \(project)."
        )
    }

    /// There is no such thing, or none that the caller may know of.
    static func notFound(_ detail: String = "Nothing here has that name, or your token does not allow you to see it.")
        -> Refusal
    {
        Refusal("not-found", "Not found", status: 404, detail: detail)
    }

    /// Something about the request makes no sense.
    static func badRequest(_ faults: [Fault]) -> Refusal {
        Refusal(.badRequest(faults))
    }

    /// The caller has made too many requests.
    static func tooMany(retryAfter seconds: Int) -> Refusal {
        Refusal(
            "too-many",
            "Too many requests",
            status: 429,
            detail: "Too many requests. Try again after \(seconds) s.",
            headers: [.retryAfter: "\(seconds)"]
        )
    }

    /// There is no room at present.
    static func busy(closes: Bool = false) -> Refusal {
        Refusal(
            "busy",
            "The gateway is busy",
            status: 503,
            detail: "Too many requests are being served. Try again in a moment.",
            headers: [.retryAfter: "1"],
            closes: closes
        )
    }

    /// The address takes other methods.
    static func methodNotAllowed(_ allowed: [String]) -> Refusal {
        let list = allowed.sorted().joined(separator: ", ")
        return Refusal(
            "method-not-allowed",
            "The method is not allowed",
            status: 405,
            detail: "This address accepts \(list).",
            headers: [.allow: list]
        )
    }

    /// None of the types that the sender takes is there.
    static func notAcceptable(_ types: [String]) -> Refusal {
        Refusal(
            "not-acceptable",
            "Not available in this format",
            status: 406,
            detail: "It is available as \(types.joined(separator: ", "))."
        )
    }

    /// Something that the gateway needs is away.
    static func unavailable(_ what: String) -> Refusal {
        Refusal(
            "unavailable",
            "Temporarily unavailable",
            status: 503,
            detail: "\(what) is unreachable at the moment. Try again.",
            headers: [.retryAfter: "5"]
        )
    }
}

extension Refusal {
    /// The body has more bytes than are taken.
    static func tooLarge(limit: Int?) -> Refusal {
        Refusal(
            "too-large",
            "The request is too large",
            status: 413,
            detail: limit.map { "The body can have at most \($0) bytes." } ?? "The body is too large.",
            closes: true
        )
    }

    /// The body has not come in time.
    static func tooSlow(limit: Duration) -> Refusal {
        Refusal(
            "too-slow",
            "The request took too long",
            status: 408,
            detail: "The body did not arrive within \(limit.components.seconds) s.",
            closes: true
        )
    }

    /// The client has left before its body had come.
    static var incomplete: Refusal {
        Refusal(
            "incomplete",
            "The request is incomplete",
            status: 400,
            detail: "The connection ended before the body did.",
            closes: true
        )
    }

    /// The body comes in more chunks than its size needs.
    static var tooManyPieces: Refusal {
        Refusal(
            "too-many-chunks",
            "The request comes in too many small chunks",
            status: 400,
            detail: "Send the body with a Content-Length, or in larger chunks.",
            closes: true
        )
    }

    /// The body is of a type that is not taken.
    static func unsupportedType(_ found: String?, wanted: [String]) -> Refusal {
        Refusal(
            "unsupported-type",
            "The body's type is not supported",
            status: 415,
            detail: "\(found.map { "\($0) is not taken here" } ?? "A Content-Type is needed"); "
                + "send \(wanted.joined(separator: " or ")).",
            headers: [.accept: wanted.joined(separator: ", ")]
        )
    }
}

extension Refusal {
    /// The answer. Where it closes the connection, ``ConnectionGuard`` does so once it has been read.
    var response: Response {
        var headers = headers
        headers[.contentType] = Problem.contentType
        headers[.cacheControl] = "no-store"
        if closes { headers[.connection] = "close" }
        let status = HTTPResponse.Status(code: problem.status)
        let body = ByteBuffer(bytes: (try? FleetJSON.bytes(problem)) ?? [])
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

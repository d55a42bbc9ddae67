// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
package import Fleet
import HTTPExchange
import NIOHTTP1

/// No answer came from a server.
struct ServerTrouble: Error {
    /// Why, in words.
    let reason: String
    /// Whether it is certain that the server has heard nothing of the request.
    let wasNotSent: Bool
    /// Whether that may pass by itself.
    let mayPass: Bool

    /// What an error of the HTTP client means.
    ///
    /// - Parameter limit: How long the exchange could take.
    init(_ error: any Error, within limit: Duration) {
        let failure = ConnectionFailure(error, authoritiesKey: "--ca-file")
        if (error as? HTTPClientError) == .deadlineExceeded {
            reason = "no whole answer within \(limit.components.seconds) s"
        } else {
            reason = failure.kind == .untrusted ? "it can't be trusted: \(failure.reason)" : failure.reason
        }
        wasNotSent = failure.wasNotSent
        mayPass = failure.kind != .untrusted
    }
}

/// A gateway does not do what it was asked to, for a reason that is none of the fleet's own (`FleetRefusal`), and says why.
package struct ServerRefusal: Error, Equatable {
    package let problem: Problem

    package init(problem: Problem) { self.problem = problem }

    /// The same words as the command has for it: a reason alone where there is no more to it than that.
    var lines: [String] {
        let faults = problem.errors.map { "  \(HarmlessText.line($0.description))" }
        guard problem.status == 409 || problem.status == 404, faults.isEmpty else {
            return ["\(HarmlessText.line(problem.title)): \(HarmlessText.line(problem.detail))"] + faults
        }
        return [HarmlessText.line(reason)]
    }

    /// The sentence as the clause that it was made of.
    private var reason: String {
        let text = problem.detail.hasSuffix(".") ? String(problem.detail.dropLast()) : problem.detail
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}

extension ServerClient {
    /// A text of the server's, or about it, without the token that it may have sent back.
    func masked(_ text: String) -> String { token?.masked(text) ?? text }

    /// What is there is no gateway, or not of a version that this program knows.
    func strange(_ reason: String) -> CommandFailure {
        CommandFailure(
            .unreachable,
            "the server's answer can't be understood: \(masked(reason))",
            "  is \(address) the address of muster-gateway?"
        )
    }

    /// What an answer other than a 2xx means: what the fleet refuses as it stands, whichever status goes with it.
    func failure(_ answer: ServerAnswer) -> any Error {
        if let refusal = answer.problem.flatMap({ masked($0).refusal }) { return refusal }
        switch answer.status {
        case 300..<400:
            let place = HarmlessText.line(answer.headers.first(name: "Location") ?? "another address", limit: 300)
            return CommandFailure(
                .unreachable,
                "the server redirects to \(masked(place))",
                "  if that is the fleet's gateway, use its address: the token is never sent elsewhere automatically"
            )
        case 401: return unauthorized(answer)
        case 408, 425, 429, 500...: return absence(answer)
        default:
            guard let problem = answer.problem else { return strange("HTTP \(answer.status): \(answer.excerpt)") }
            return ServerRefusal(problem: masked(problem))
        }
    }

    /// No answer came.
    func absence(_ trouble: ServerTrouble, _ request: ServerRequest) -> FleetAbsence {
        let isInDoubt = !request.isRepeatable && !trouble.wasNotSent
        return FleetAbsence(
            who: "the server",
            reason: masked(trouble.reason) + (isInDoubt ? "; it may have been done anyway: check first" : ""),
            advice: "check the address \(address); run `muster doctor` for details",
            mayPass: trouble.mayPass
        )
    }

    private func absence(_ answer: ServerAnswer) -> FleetAbsence {
        let told = answer.problem.map { "\(HarmlessText.line($0.title)): \(HarmlessText.line($0.detail))" }
        return FleetAbsence(
            who: "the server",
            reason: masked(told ?? "HTTP \(answer.status): \(answer.excerpt)"),
            advice: "try again later; run `muster doctor` for details"
        )
    }

    private func unauthorized(_ answer: ServerAnswer) -> CommandFailure {
        guard token != nil else {
            return CommandFailure(
                .usage,
                "the server requires a token, or nothing public has that name",
                "  set MUSTER_TOKEN, --token-file or --token; `muster token create` creates one"
            )
        }
        return CommandFailure(
            .usage,
            "the server rejects the token: it is unknown, expired or revoked",
            "  `muster token create` creates one; is MUSTER_TOKEN complete?"
        )
    }

    private func masked(_ problem: Problem) -> Problem {
        var problem = problem
        problem.title = masked(problem.title)
        problem.detail = masked(problem.detail)
        problem.errors = problem.errors.map { fault in
            Fault(pointer: masked(fault.pointer), value: fault.value.map(masked), reason: masked(fault.reason))
        }
        problem.members = problem.members.mapValues { member in
            switch member {
            case .number: member
            case .text(let text): .text(masked(text))
            case .texts(let texts): .texts(texts.map(masked))
            }
        }
        return problem
    }
}

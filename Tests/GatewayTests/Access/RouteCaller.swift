// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import NIOHTTP1

@testable import Gateway

/// Somebody who asks.
struct RouteCaller: Sendable {
    let name: String
    var token: String?
    /// Signed in, with the cookie alone.
    var browser: Browser?

    /// All kinds of those who may do nothing in b/y.
    static func strangers(_ gateway: TestGateway) async throws -> [RouteCaller] {
        var all = [RouteCaller(name: "nobody")]
        for ability in Ability.allCases {
            all.append(RouteCaller(name: "\(ability) of a/x", token: try await gateway.token(["a/x"], can: [ability])))
        }
        all.append(RouteCaller(name: "all of a/x", token: try await gateway.token(["a/x"])))
        all.append(RouteCaller(name: "all of a/* and b/z", token: try await gateway.token(["a/*", "b/z"])))
        let signedIn = try await gateway.token(["a/x"])
        all.append(RouteCaller(name: "signed in", browser: try await Browser(gateway, token: signedIn)))
        return all
    }

    func ask(_ route: RouteAccess, _ things: Things, _ gateway: TestGateway) async throws -> Answer {
        let path = things.path(route)
        if let browser {
            guard route.method == "POST" else {
                // A cookie is good for looking alone.
                return route.method == "GET" ? try await browser.get(path) : try await Browser(gateway).post(path, [:])
            }
            guard route.isForm else { return try await browser.post(path, [:]) }
            let token = String(browser.cookie?.split(separator: "=").last ?? "")
            let fields = route.body.map { _ in ["all": "yes"] } ?? [:]
            return try await browser.post(path, fields.merging(["csrf": SessionCookie.proof(of: token)]) { $1 })
        }
        guard route.template.hasPrefix("/api/") else {
            return try await Browser(gateway).send(
                HTTPMethod(rawValue: route.method),
                path,
                headers: token.map { ["Authorization": "Bearer \($0)"] } ?? [:]
            )
        }
        let type = route.isSQUAD ? "application/x-www-form-urlencoded" : "application/json"
        let method = HTTPMethod(rawValue: route.method)
        return try await gateway.ask(method, path, token: token, route.body, type: route.body == nil ? nil : type)
    }

    /// The statuses that somebody is answered with who may do nothing in b/y.
    func expected(of route: RouteAccess) -> Set<Int> {
        let isNobody = token == nil && browser == nil
        let isPage = !route.template.hasPrefix("/api/")
        if browser != nil, !isPage, route.method != "GET" {
            return [401, 403, 405, 415]
        }
        if route.isForm, browser == nil { return [303, 403, 415] }
        switch route.rule {
        case .open, .list: return [200]
        case .anyReader: return isNobody ? [isPage ? 303 : 401] : [200]
        case .anyHolder(let ability):
            if isNobody { return [isPage ? 303 : 401] }
            return [name.hasPrefix("all") || name.hasPrefix("\(ability)") || browser != nil ? isPage ? 200 : 202 : 403]
        case .anySubmitter:
            if isNobody { return [401] }
            return [name.hasPrefix("all") || name.hasPrefix("submit") || browser != nil ? 200 : 403]
        case .read, .change:
            guard isNobody else { return [404] }
            return isPage ? [303] : route.isSQUAD ? [401, 404] : [401]
        case .named: return [isNobody && route.isAPI ? 401 : 403]
        case .namedPage, .namedWay: return [isNobody ? (isPage ? 303 : 401) : 404]
        case .operators: return isNobody ? (isPage ? [303] : [401]) : [403]
        case .session: return [200, 303, 401, 403]
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

@testable import Gateway

/// Every route of the gateway, for every kind of caller, on things of a project and on things that are not there.
@Suite("Who may do what at which address", .timeLimit(.minutes(10)))
struct RouteAccessTests {
    @Test("Every address has its rule, and no rule is of an address that is not there")
    func complete() async throws {
        try await TestGateway.with { gateway in
            let services = try GatewayServices(gateway.parts)
            let table = RouteTable()
            _ = GatewayRouter.make(GatewayParts(gateway.parts, answers: services.answers), table: table)
            let assets = Set(DashboardAsset.all.map { "GET \($0.path)" })
            let routes = table.all.filter { !$0.hasPrefix("HEAD ") && !assets.contains($0) }
            #expect(routes == RouteAccess.all.map(\.route).sorted())
        }
    }

    @Test("What is another project's is to everybody else as if it was not there, at every address")
    func strangers() async throws {
        try await Self.withThings { gateway, theirs in
            let strangers = try await RouteCaller.strangers(gateway)
            for caller in strangers {
                for route in RouteAccess.all where route.rule != .session {
                    let answer = try await caller.ask(route, theirs, gateway)
                    let words: Comment = "\(caller.name): \(route.route): \(answer.status) \(answer.text.prefix(300))"
                    #expect(caller.expected(of: route).contains(answer.status), words)
                    switch route.rule {
                    case .read, .change:
                        let unknown = try await caller.ask(route, Self.unknown, gateway)
                        #expect(unknown.status == answer.status, words)
                        // Either answer names what was asked for, and says nothing else of it.
                        let asked = Self.unknown.naming(theirs, in: Self.timeless(unknown.text))
                        #expect(asked == Self.timeless(answer.text), words)
                    case .named: break
                    default:
                        for secret in theirs.secrets { #expect(!answer.text.contains(secret), words) }
                    }
                }
            }
            #expect(try await gateway.store.jobset(id: #require(UUID(uuidString: theirs.jobset)))?.isSealed == false)
            #expect(try await gateway.store.jobsets(JobsetFilter(group: "b")).count == theirs.jobsets)
        }
    }

    @Test("Whoever may only read is told so at each address that changes something")
    func readers() async throws {
        try await Self.withThings { gateway, theirs in
            let readers = [
                RouteCaller(name: "reader", token: try await gateway.token(["b/y"], can: [.read])),
                RouteCaller(name: "reader of all", token: try await gateway.token(["*"], can: [.read])),
            ]
            for caller in readers {
                for route in RouteAccess.all where !route.isForm {
                    let answer = try await caller.ask(route, theirs, gateway)
                    let words: Comment = "\(caller.name): \(route.route): \(answer.status) \(answer.text.prefix(300))"
                    switch route.rule {
                    case .change: #expect(answer.status == route.forbidden, words)
                    case .named, .anySubmitter, .anyHolder: #expect(answer.status == 403, words)
                    case .operators(let readersToo):
                        #expect(answer.status == (readersToo && caller.name.hasSuffix("all") ? 200 : 403), words)
                    case .namedWay: #expect(answer.status == 303, words)
                    // What they need is somebody else's word, which nobody has here.
                    case .session: #expect((400..<500).contains(answer.status), words)
                    default: #expect([200, 202].contains(answer.status), words)
                    }
                    #expect(!answer.text.contains(Things.secret), words)
                }
            }
        }
    }

    @Test("Each ability opens its own addresses and no other", arguments: Ability.allCases)
    func abilities(ability: Ability) async throws {
        try await Self.withThings { gateway, theirs in
            let caller = RouteCaller(
                name: "\(ability)",
                token: try await gateway.token(["b/y"], can: [.read, ability])
            )
            for route in RouteAccess.all where !route.isForm {
                let needed: Ability
                switch route.rule {
                case .change(let one), .named(let one): needed = one
                default: continue
                }
                // To watch is to submit.
                guard needed != ability || route.template.contains("watchjob") else { continue }
                let answer = try await caller.ask(route, theirs, gateway)
                #expect(answer.status == route.forbidden, "\(route.route)")
            }
        }
    }

    @Test("Whoever may do all of it in a project may, at each of its addresses")
    func owner() async throws {
        try await Self.withThings { gateway, theirs in
            let owner = RouteCaller(name: "owner", token: try await gateway.token(["b/y"]))
            for route in RouteAccess.all where !route.isForm {
                switch route.rule {
                case .change, .named: break
                default: continue
                }
                let answer = try await owner.ask(route, theirs, gateway)
                #expect(![401, 404].contains(answer.status), "\(route.route): \(answer.status) \(answer.text)")
                // To SQUAD's clients 403 also says that a job can't be sent out again.
                let isRetry = route.template.contains("resubmit/")
                #expect(answer.status != 403 || isRetry, "\(route.route): \(answer.text)")
            }
        }
    }

    /// A page as far as the time that it tells at its end.
    private static func timeless(_ text: String) -> String { text.components(separatedBy: "now it is ")[0] }

    private static let unknown = Things(
        jobset: "6f1c0000-0000-4000-8000-00000000002a",
        finished: "6f1c0000-0000-4000-8000-00000000002b",
        job: 900_000_001,
        delivery: "6f1c0000-0000-4000-8000-00000000002c",
        build: 900_001,
        finishedBuild: 900_001,
        testJob: 900_002,
        environment: 900_002,
        suite: 900_002,
        squadGroup: 900_003,
        squadProject: 900_004,
        issue: 900_005,
        jobsets: 0
    )

    /// Lends a gateway with all kinds of things of the project b/y, and some that are open to all.
    private static func withThings(
        _ body: @escaping @Sendable (TestGateway, Things) async throws -> Void
    ) async throws {
        try await TestGateway.with(["public_projects": "[open/p]"]) { gateway in
            try await body(gateway, try await Things.make(gateway))
        }
    }
}

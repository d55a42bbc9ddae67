// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import TestSupport
import Testing

@testable import Notifier

/// Against a real PostgreSQL and a real RabbitMQ; what is sent is judged by KernelCI's own library.
@Suite("Reports for KernelCI's database", .timeLimit(.minutes(10)))
struct KCIDBTests {
    private static func project(_ receiver: CallbackReceiver) -> TestFleet.Settings {
        [
            "projects": [
                "group/project":
                    "{kcidb_origin: example_lab, kcidb_url: \"\(receiver.url)\", kcidb_token: geheim, "
                    + "kcidb_environments: {qemu-arm64: {compatible: [\"linux,dummy-virt\"]}}}"
            ]
        ]
    }

    private static func submission(_ fleet: TestFleet, _ id: UUID) async throws -> Delivery? {
        try await fleet.store.deliveries(of: id).first { $0.kind == "kcidb" }
    }

    @Test("The archived report is sent as it is, with the token, and what the database answers is kept")
    func sent() async throws {
        try await CallbackReceiver.with { _, before in
            before == 0 ? .status(503) : .status(200)
        } _: { receiver in
            try await TestFleet.with(sections: Self.project(receiver)) { fleet in
                try await fleet.withNotifiers {
                    let id = try await fleet.finishJobset(callback: nil, outcome: .incomplete, jobs: 2)
                    try await eventually("all is over") { try await fleet.isOver(id) }
                    let delivery = try #require(try await Self.submission(fleet, id))
                    #expect(delivery.state == "delivered" && delivery.tries == 2)
                    #expect(try await fleet.store.tries(of: delivery.id)?.map(\.status) == [503, 200])
                    let received = receiver.received
                    #expect(received.map { $0.headers["authorization"] } == ["Bearer geheim", "Bearer geheim"])
                    #expect(received.map { $0.headers["content-type"] } == ["application/json", "application/json"])
                    let body = String(decoding: try #require(received.first).body, as: UTF8.self)
                    #expect(received.allSatisfy { String(decoding: $0.body, as: UTF8.self) == body })
                    #expect(try await fleet.store.report(of: id, generation: nil, as: .kcidb) == body)
                    #expect(try KCIDBCheck.problems(body) == [])
                    #expect(body.contains("example_lab:\(id.text)") && body.contains("linux,dummy-virt"))
                }
            }
        }
    }

    @Test("What the database refuses is given up at once; a wrong token is tried again", arguments: [400, 401])
    func refused(status: Int) async throws {
        try await CallbackReceiver.with { _, _ in
            .status(status)
        } _: { receiver in
            try await TestFleet.with(sections: Self.project(receiver)) { fleet in
                try await fleet.withNotifiers {
                    let id = try await fleet.finishJobset(callback: nil)
                    try await eventually("all is over") { try await fleet.isOver(id) }
                    let delivery = try #require(try await Self.submission(fleet, id))
                    #expect(delivery.state == "failed" && delivery.lastStatus == status)
                    #expect(status == 400 ? delivery.tries == 1 : delivery.tries > 1)
                    #expect(delivery.lastError == "the KCIDB answered \(status)")
                }
            }
        }
    }

    @Test("A project that is not configured for it has neither the format nor a delivery")
    func unconfigured() async throws {
        try await TestFleet.with { fleet in
            try await fleet.withNotifiers {
                let id = try await fleet.finishJobset(callback: nil)
                try await eventually("all is over") { try await fleet.isOver(id) }
                #expect(try await fleet.store.deliveries(of: id).map(\.kind) == ["report"])
                await #expect(throws: FleetRefusal.noReportFormat(format: .kcidb)) {
                    try await fleet.store.report(of: id, generation: nil, as: .kcidb)
                }
            }
        }
    }
}

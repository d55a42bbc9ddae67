// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import FleetStore
import Foundation
import Testing

@Suite("Canceling")
struct CancelTests {
    @Test("A jobset that no lab has ends at once, says who canceled it and why, and its notifier is told")
    func atOnce() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 2)
            let cancel = try await fleet.muster("cancel", id, "--reason", "superseded", "--wait")
            #expect(cancel.status == 0, "\(cancel.errors)")
            #expect(cancel.output == "ended\t2 jobs\n")
            #expect(cancel.errors.contains("canceled: 2 jobs (2 canceled), no tests"))
            let status = try await fleet.muster("status", id)
            #expect(status.output.contains("verdict\tcanceled\n"))
            #expect(status.output.contains(": superseded ("))
            let jobs = try await fleet.muster("jobs", id)
            #expect(jobs.output.contains("\tcanceled\t0\t0\t-\tcanceled: superseded ("))
            let told = try await fleet.withSession { try await $0.messageCount(fleet.topology.notifications)?.messages }
            #expect(told == 1)
            let again = try await fleet.muster("cancel", id)
            #expect(again.status == 0)
            #expect(again.errors.contains("was canceled before"))
        }
    }

    @Test("Single jobs are canceled, all of them or none")
    func single() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 3)
            let absent = try await fleet.muster("cancel", id, "--job", "1", "--job", "7")
            #expect(absent.status == 2)
            #expect(absent.errors.contains("the jobset has no job 7"))
            let cancel = try await fleet.muster("cancel", id, "--job", "1", "--output", "json")
            #expect(cancel.status == 0, "\(cancel.errors)")
            #expect(cancel.output.contains("\"ended_now\" : 1"))
            #expect(cancel.output.contains("\"is_finished\" : false"))
            let jobs = try await fleet.muster("jobs", id)
            #expect(jobs.output.contains("1\tenv-1\tlab-a\tcanceled\t"))
            #expect(jobs.output.contains("0\tenv-0\tlab-a\twaiting\t"))
            let again = try await fleet.muster("cancel", id, "--job", "1")
            #expect(again.status == 2)
            #expect(again.errors.contains("job 1 has ended already, as canceled"))
        }
    }

    @Test("A jobset that has finished otherwise can't be canceled, nor one that is not there")
    func tooLate() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 0)
            let late = try await fleet.muster("cancel", id)
            #expect(late.status == 2)
            #expect(late.errors.contains("has finished already, as passed"))
            let unknown = try await fleet.muster("cancel", "6f1c0000-0000-4000-8000-00000000002a")
            #expect(unknown.status == 2)
            #expect(unknown.errors.contains("there is no jobset"))
            let negative = try await fleet.muster("cancel", id, "--job=-1")
            #expect(negative.status == 2)
        }
    }

    @Test("Without a broker it is canceled all the same")
    func withoutBroker() async throws {
        try await TestFleet.with { fleet in
            let id = try await fleet.accept(jobs: 1)
            let environment = fleet.environment.merging(["MUSTER_BROKER_URL": "amqp://a:b@127.0.0.1:1/"]) { $1 }
            let cancel = try await Program(arguments: ["cancel", id], environment: environment).run()
            #expect(cancel.status == 0, "\(cancel.errors)")
            #expect(cancel.output == "ended\t1 job\n")
            #expect(cancel.errors.contains("the broker is unreachable"))
            let status = try await fleet.muster("status", id)
            #expect(status.output.contains("verdict\tcanceled\n"))
        }
    }
}

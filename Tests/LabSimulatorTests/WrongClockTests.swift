// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1
import Testing

@testable import LabSimulator

@Suite(.timeLimit(.minutes(10))) struct WrongClockTests {
    private static let job = """
        {device_type: sim, job_name: a, visibility: public, timeouts: {job: {minutes: 1}}, actions: [], metadata: {sim.run_ms: 0}}
        """

    /// How many hours the end of a job, and the `Date` of the answer that tells of it, are ahead.
    private func hoursAhead(_ id: Int, _ lab: LabUnderTest) async throws -> (end: Int, date: Int) {
        let reply = try await lab.ask("GET", "/jobs/\(id)/")
        let end = try #require((reply.json?["end_time"]?.text).flatMap { Moment($0) })
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let date = try #require(reply.headers.first(name: "date").flatMap { formatter.date(from: $0) })
        let now = Date.now.timeIntervalSince1970
        return (
            Int(((Double(end.microseconds) / 1_000_000 - now) / 3_600).rounded()),
            Int(((date.timeIntervalSince1970 - now) / 3_600).rounded())
        )
    }

    @Test("A clock is ahead: of jobs and answers, or of jobs alone") func ahead() async throws {
        try await withLab { lab in
            _ = try await lab.order("POST", "clock", #"{"ahead_ms": 86400000}"#)
            _ = try await lab.submit(Self.job)
            #expect(try await hoursAhead(1, lab) == (24, 24))
            _ = try await lab.order("POST", "clock", #"{"ahead_ms": 7200000, "jobs_only": true}"#)
            _ = try await lab.submit(Self.job)
            #expect(try await hoursAhead(2, lab) == (2, 0))
        }
    }

    @Test("Once it is right again, jobs are found by their times") func back() async throws {
        try await withLab { lab in
            _ = try await lab.submit(Self.job)
            _ = try await lab.order("POST", "clock", #"{"ahead_ms": 86400000}"#)
            _ = try await lab.submit(Self.job)
            _ = try await lab.order("POST", "clock", #"{"ahead_ms": 0}"#)
            _ = try await lab.submit(Self.job)
            #expect(try await hoursAhead(3, lab) == (0, 0))
            let second = try await lab.ask("GET", "/jobs/1/").json?["end_time"]?.text ?? ""
            for (query, ids) in [
                ("state=Finished&end_time__gt=\(second)&ordering=end_time", [3, 2]),
                ("submit_time__gt=\(second)&ordering=id", [2, 3]),
            ] {
                let rows = try await lab.ask("GET", "/jobs/?\(query)").json?["results"]?.list
                #expect(rows?.compactMap { $0["id"]?.int } == ids, "\(query)")
            }
        }
    }
}

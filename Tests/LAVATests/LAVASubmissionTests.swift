// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1
import Testing

@testable import LAVA

/// What requests to submit have made, as a lab shows it, and what it may say that they made.
@Suite(.timeLimit(.minutes(10))) struct LAVASubmissionTests {
    private static func job(_ id: Int, in group: String? = nil, size: Int? = nil, user: String = "me") -> LAVAJob {
        LAVAJob(
            id: id,
            group: group.map { LAVAGroup(targetGroup: $0, subID: 0, size: size, roles: [:]) },
            state: .running,
            health: .unknown(""),
            submitter: user,
            submitTime: Date(timeIntervalSince1970: Double(id))
        )
    }

    @Test("Jobs are a submission each, the members of a group one, and both are in the lab's order") func grouped() {
        let jobs = [
            Self.job(9), Self.job(4, in: "b", size: 2), Self.job(3), Self.job(7, in: "a", size: 2),
            Self.job(5, in: "b", size: 2), Self.job(6, in: "a", size: 2),
        ]
        let submissions = jobs.submissions
        #expect(submissions.map { $0.jobs.map(\.id) } == [[3], [4, 5], [6, 7], [9]])
        #expect(submissions.allSatisfy(\.isWhole) && submissions.map(\.size) == [1, 2, 2, 1])
        #expect(submissions[1].submitTime == Date(timeIntervalSince1970: 4) && submissions[1].submitter == "me")
    }

    @Test("A whole one comes before a part of one, whichever is older") func parts() {
        let jobs = [Self.job(1, in: "a", size: 3), Self.job(2, in: "a", size: 3), Self.job(8)]
        #expect(jobs.submissions.map { $0.jobs.map(\.id) } == [[8], [1, 2]])
        #expect(jobs.submissions.map(\.isWhole) == [true, false] && jobs.submissions.map(\.size) == [1, 3])
        #expect([LAVAJob]().submissions.isEmpty)
    }

    @Test("A group is no larger than any lab can make one, whatever its members say", arguments: [-1, 0, 1_000_000])
    func sizes(size: Int) {
        let submission = LAVASubmission([Self.job(1, in: "a", size: size)])
        #expect((1...LAVASubmission.maximumSize).contains(submission.size))
        #expect(submission.isWhole == (size < 2))
    }

    private static let group = """
        job_name: a
        protocols:
          lava-multinode:
            roles:
              client: {count: 2}
              server: {count: 1}
        """

    @Test("A definition makes as many jobs as its roles count, or one") func definitions() async {
        #expect(await GroupDefinition.maximumSize(of: "job_name: a") == 1)
        #expect(await GroupDefinition.maximumSize(of: Self.group) == 3)
        // Where the count can't be told, no more than any lab makes.
        for count in ["0x2", "many", "[1]", "1000000"] {
            let most = await GroupDefinition.maximumSize(of: Self.group.replacing("count: 2", with: "count: \(count)"))
            #expect(most == LAVASubmission.maximumSize, "\(count)")
        }
        #expect(await GroupDefinition.maximumSize(of: Self.group + "\nx: [[") == LAVASubmission.maximumSize)
    }

    @Test(
        "An answer that names more jobs than the definition makes is no answer, and leaves the submission in doubt",
        arguments: [
            ("job_name: a", 2), (Self.group, 4), (Self.group, 1_001), ("job_name: a", 100_000), (Self.group, 0),
        ]
    )
    func impossible(definition: String, count: Int) async throws {
        let names = (0..<count).map { #""7.\#($0)""# }.joined(separator: ",")
        try await ScriptedLab.with({ _ in .init(status: .created, body: #"{"job_ids":[\#(names)]}"#) }) { lab in
            let error = await #expect(throws: LAVAError.self) {
                try await lab.client.submit(definition: definition, tag: UUID())
            }
            #expect(error?.requestMayHaveBeenProcessed == true)
            guard case .unexpected = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("An answer that names all of a group, or a part of it, is one", arguments: [1, 2, 3])
    func possible(count: Int) async throws {
        let names = (0..<count).map { #""7.\#($0)""# }.joined(separator: ",")
        try await ScriptedLab.with({ _ in .init(status: .created, body: #"{"job_ids":[\#(names)]}"#) }) { lab in
            let ids = try await lab.client.submit(definition: Self.group, tag: UUID())
            #expect(ids.count == count && ids.allSatisfy { $0.group == 7 })
        }
    }

    @Test("A wait of our own and a cancellation say nothing about the lab; whatever it did or did not answer does")
    func ours() {
        func isOurs(_ kind: LAVAError.Kind) -> Bool {
            LAVAError(kind: kind, requestMayHaveBeenProcessed: false).isOurs
        }
        #expect(isOurs(.busy) && isOurs(.cancelled))
        let theirs: [LAVAError.Kind] = [
            .timeout, .notFound, .tooLarge(limit: 1), .throttled(retryAfter: nil), .transport(reason: "reset"),
            .server(status: 500, excerpt: ""), .unauthorized(message: ""), .refused(message: ""),
            .unexpected(reason: ""),
        ]
        #expect(!theirs.contains(where: isOurs))
    }
}

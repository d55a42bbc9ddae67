// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Testing

@Suite("Refusals, as problems and back")
struct FleetRefusalTests {
    private static let id = "6f1c0000-0000-4000-8000-00000000002a"

    /// One of each case. A case that is added here has to be added to the switch below, and the other way round.
    static let samples: [FleetRefusal] = [
        .noSuchJobset(id: id), .noSuchJob(jobset: id, position: 9, total: 3), .noSuchDelivery(id: id),
        .noSuchBackend(name: "lab-z", known: ["lab-a", "lab-b"]), .noSuchBackend(name: "lab-z", known: []),
        .noSuchToken(name: "12"), .noSuchDocument(number: 7), .noSuchKnownIssue(number: 7),
        .tooManyKnownIssues(maximum: 200), .noSuchWebhook(name: "ci"), .tooManyWebhooks(maximum: 20),
        .webhookConfigured(name: "ci"), .alreadyFinished(verdict: .canceled),
        .jobAlreadyFinished(position: 0, outcome: .undeliverable), .stillRunning(jobset: id, pending: 1),
        .nothingFailed, .watched(position: 4), .reportPending(jobset: id), .jobsOnTheWay(count: 2),
        .noSuchGeneration(generation: 7, latest: 1), .noReportYet(jobset: id, pending: 120),
        .noReportYet(jobset: id, pending: nil), .noReportFormat(format: .junit), .tokenNameTaken(name: "ci \"1\""),
        .conflict(id: id, jobset: nil), .conflict(id: id, jobset: id), .notAdded(jobset: id, reason: "it is sealed"),
        .tokenCanMore(ability: .operate), .noLongerKept(jobset: id, part: .results), .notExternal(backend: "lab-a"),
        .resultDiffers(attempt: 1),
        .attemptEnded(attempt: 1, present: 2), .noSuchAttempt(attempt: 3, present: 2),
    ]

    /// The type of problem that a case is to have.
    private static func type(of refusal: FleetRefusal) -> FleetRefusal.CodingKeys {
        switch refusal {
        case .noSuchJobset: .noSuchJobset
        case .noSuchJob: .noSuchJob
        case .noSuchDelivery: .noSuchDelivery
        case .noSuchBackend: .noSuchBackend
        case .noSuchToken: .noSuchToken
        case .noSuchDocument: .noSuchDocument
        case .noSuchKnownIssue: .noSuchKnownIssue
        case .tooManyKnownIssues: .tooManyKnownIssues
        case .noSuchWebhook: .noSuchWebhook
        case .tooManyWebhooks: .tooManyWebhooks
        case .webhookConfigured: .webhookConfigured
        case .alreadyFinished: .alreadyFinished
        case .jobAlreadyFinished: .jobAlreadyFinished
        case .stillRunning: .stillRunning
        case .nothingFailed: .nothingFailed
        case .watched: .watched
        case .reportPending: .reportPending
        case .jobsOnTheWay: .jobsOnTheWay
        case .noSuchGeneration: .noSuchGeneration
        case .noReportYet: .noReportYet
        case .noReportFormat: .noReportFormat
        case .conflict: .conflict
        case .notAdded: .notAdded
        case .tokenNameTaken: .tokenNameTaken
        case .tokenCanMore: .tokenCanMore
        case .noLongerKept: .noLongerKept
        case .notExternal: .notExternal
        case .resultDiffers: .resultDiffers
        case .attemptEnded: .attemptEnded
        case .noSuchAttempt: .noSuchAttempt
        }
    }

    @Test("Every case has a type of problem of its own, and every type a case")
    func complete() {
        #expect(Set(Self.samples.map(Self.type)) == Set(FleetRefusal.CodingKeys.allCases))
        for refusal in Self.samples {
            #expect(Problem(refusal).type == "urn:muster:problem:\(Self.type(of: refusal).rawValue)")
        }
    }

    @Test("What is sent comes back as itself, also by way of keys in snake case", arguments: samples)
    func roundTrip(refusal: FleetRefusal) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let plain = try JSONDecoder().decode(Problem.self, from: JSONEncoder().encode(Problem(refusal)))
        #expect(plain == Problem(refusal))
        #expect(plain.refusal == refusal)
        #expect(try decoder.decode(Problem.self, from: encoder.encode(Problem(refusal))).refusal == refusal)
    }

    @Test("A problem of a refusal has a sentence, a title and a status of refusals", arguments: samples)
    func shape(refusal: FleetRefusal) throws {
        let problem = Problem(refusal)
        #expect(problem.detail.hasSuffix("."))
        #expect(problem.detail.first?.isUppercase == true || problem.detail.first?.isNumber == true)
        #expect(!problem.title.isEmpty)
        #expect([403, 404, 409, 410, 503].contains(problem.status))
        // Members stand beside the members that every problem has.
        #expect(problem.members.keys.allSatisfy { $0.allSatisfy(\.isLowercase) })
        #expect(Set(problem.members.keys).isDisjoint(with: ["type", "title", "status", "detail", "errors"]))
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(problem)) as? [String: Any]
        #expect(
            Set(json?.keys.map(\.self) ?? [])
                == problem.members.keys.union(["type", "title", "status", "detail", "errors"])
        )
    }

    @Test("docs/api.md has a row for each type, with its status and all its members")
    func documentation() throws {
        let page = URL(filePath: #filePath).appending(path: "../../../../docs/api.md").standardized
        let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().prefix(3)
                .map { $0.filter { $0 != "`" }.trimmingCharacters(in: .whitespaces) }
        }
        for (type, samples) in Dictionary(grouping: Self.samples, by: Self.type) {
            let members = samples.map { Set(Problem($0).members.keys) }.reduce(into: Set()) { $0.formUnion($1) }
            let status = Problem(samples[0]).status
            #expect(
                rows.contains([type.rawValue, "\(status)", members.sorted().joined(separator: ", ")]),
                "\(type.rawValue)"
            )
        }
    }

    @Test(
        "A problem of another type, or without its members, is no refusal",
        arguments: [
            #"{"type": "urn:muster:problem:busy", "title": "", "status": 503, "detail": "", "errors": []}"#,
            #"{"type": "about:blank", "title": "", "status": 404, "detail": "", "errors": []}"#,
            #"{"type": "urn:muster:problem:already-finished", "title": "", "status": 409, "detail": "", "errors": []}"#,
            #"{"type": "urn:muster:problem:already-finished", "title": "", "status": 409, "detail": "", "errors": [], "verdict": "splendid"}"#,
            #"{"type": "urn:muster:problem:already-finished", "title": "", "status": 409, "detail": "", "errors": [], "verdict": {"is": 1}}"#,
        ]
    )
    func others(text: String) throws {
        #expect(try JSONDecoder().decode(Problem.self, from: Data(text.utf8)).refusal == nil)
    }
}

extension Dictionary<String, Problem.Member>.Keys {
    fileprivate func union(_ others: Set<String>) -> Set<String> { Set(self).union(others) }
}

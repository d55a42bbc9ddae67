// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import NIOHTTP1
import Testing

@testable import CommandLine
@testable import FleetStore

@Suite("What the API answers is read as it was meant")
struct ObjectReadingTests {
    /// The object as it comes out at the other end.
    private func sent<Value: Codable>(_ value: Value) throws -> Value {
        let body = Array(try FleetJSON.text(value).utf8)
        let headers = HTTPHeaders([("Content-Type", "application/json; charset=utf-8")])
        return try ServerAnswer(status: 200, headers: headers, body: body).decoded(Value.self)
    }

    @Test("A jobset, with names of outcomes and labels as they are spelled")
    func jobset() throws {
        let jobset = Samples.jobset(
            outcomes: ["in_doubt": 1, "camelCase": 2],
            callbackURL: "https://ci.example.com/done",
            declaredTotal: 9,
            maxFailures: .percent(10),
            deadline: Samples.created,
            finishedAt: Samples.created
        )
        #expect(try sent(jobset) == jobset)
        #expect(try sent(Samples.jobset()).callbackURL?.reveal == "https://ci.example.com/done?…")
    }

    @Test("A job with its attempts, and a result")
    func job() throws {
        let attempts = [Samples.attempt(1, outcome: .incomplete, reason: "no board"), Samples.attempt(2, outcome: nil)]
        let job = Samples.job(history: attempts, cancelRequestedAt: Samples.created)
        #expect(try sent(job) == job)
        let result = Samples.result(nil, role: "server")
        #expect(try sent(result) == result)
    }

    @Test("The rules of documents, each limit of them")
    func rules() throws {
        var limits = DocumentLimits()
        (limits.maximumURLBytes, limits.maximumJobs, limits.callbackSecrets) = (7, 8, ["b", "a"])
        let rules = DocumentRules(limits: limits, backends: ["lab-b", "lab-a"])
        #expect(try sent(rules) == rules)
        #expect(rules.backends == ["lab-a", "lab-b"])
    }

    @Test("What is not JSON by its type is not read, whatever it holds")
    func type() {
        for type in ["text/html", "application/jsonp", ""] {
            let answer = ServerAnswer(
                status: 200,
                headers: HTTPHeaders([("Content-Type", type)]),
                body: Array(#"{"id":"x"}"#.utf8)
            )
            #expect(throws: ServerAnswer.Unreadable.self) { try answer.decoded(RepeatedDelivery.self) }
        }
    }
}

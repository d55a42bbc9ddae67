// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1

extension TestGateway {
    /// A job for lab-a.
    static let jobForm = "backend=lab-a&definition=device_type%3A+sim%0A"

    /// Sends a form as SQUAD's clients do.
    func form(
        _ path: String,
        _ fields: String,
        token: String,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        try await ask(
            .POST,
            path,
            fields,
            type: "application/x-www-form-urlencoded",
            headers: headers.merging(["Authorization": "token \(token)"]) { first, _ in first }
        )
    }

    /// Submits a job of the build g/p/1 and answers its number.
    func submitJob(_ environment: String, token: String, headers: [String: String] = [:]) async throws -> String {
        let path = "/api/submitjob/g/p/1/\(environment)"
        let answer = try await form(path, Self.jobForm, token: token, headers: headers)
        guard answer.status == 201 else { throw NeverHappened(what: "201, but \(answer.status): \(answer.text)") }
        return answer.text
    }

    /// How the first build stands.
    func status(token: String) async throws -> [String: Any] {
        try await ask(.GET, "/api/builds/1/status/", token: token).json()
    }
}

extension Sequence where Self: Sendable, Element: Sendable {
    /// Transforms one element after the other.
    func asyncMap<Other>(_ transform: (Element) async throws -> Other) async rethrows -> [Other] {
        var others: [Other] = []
        for element in self { others.append(try await transform(element)) }
        return others
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1

/// A request, and what a real SQUAD 1.98 answered to it (`Captures/capture.py`).
struct SQUADCapture: Decodable, Sendable {
    let name: String
    let method: String
    let path: String
    let body: String?
    let bodyType: String?
    /// How the token was sent.
    let token: String
    let status: Int
    let type: String
    let text: String

    enum CodingKeys: String, CodingKey {
        case name, method, path, body, token, status, type, text
        case bodyType = "body_type"
    }

    /// All of them, in the order in which they were asked.
    static func all() throws -> [SQUADCapture] {
        let file = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "Captures/answers.json")
        return try JSONDecoder().decode([SQUADCapture].self, from: Data(contentsOf: file))
    }

    /// The same request to a gateway.
    func ask(_ gateway: TestGateway, token good: String, plain: String) async throws -> Answer {
        let headers: [String: String] =
            switch token {
            case "token": ["Authorization": "token \(good)"]
            case "auth": ["Auth-Token": good]
            case "plain": ["Authorization": "token \(plain)"]
            case "bad": ["Authorization": "token \(String(repeating: "0", count: 40))"]
            default: [:]
            }
        return try await gateway.ask(HTTPMethod(rawValue: method), path, body, type: bodyType, headers: headers)
    }
}

// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// One event of a stream.
struct StreamEvent: Sendable, Equatable {
    var id = ""
    var name = ""
    var data = ""

    /// Its JSON.
    func json() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any] ?? [:]
    }

    /// A member of its JSON.
    func number(_ key: String) throws -> Int? { try json()[key] as? Int }
    func text(_ key: String) throws -> String? { try json()[key] as? String }
}

extension TestGateway {
    /// Reads a stream to its end, or until it is enough.
    func events(
        _ path: String,
        token: String,
        after last: String? = nil,
        until isEnough: ([StreamEvent]) async throws -> Bool = { _ in false }
    ) async throws -> [StreamEvent] {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        if let last { request.headers.add(name: "Last-Event-ID", value: last) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(240))
        #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
        var text = ""
        var events: [StreamEvent] = []
        for try await piece in response.body {
            text += String(buffer: piece)
            while let end = text.firstRange(of: "\n\n") {
                var event = StreamEvent()
                for line in text[..<end.lowerBound].split(separator: "\n") {
                    if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
                    if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
                    if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
                }
                text.removeSubrange(..<end.upperBound)
                if !event.name.isEmpty { events.append(event) }
            }
            if try await isEnough(events) { break }
        }
        return events
    }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import HTTPExchange
import NIOHTTP1

/// What a server answered, whoever it is.
struct ServerAnswer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    /// The most digits of a number that is believed: sums of what we count stay far from what an `Int` holds.
    private static let maximumDigits = 12
    /// The longest wait that `Retry-After` is believed.
    private static let longestPause = Duration.seconds(30)

    /// How long it asks to wait until the same is asked again.
    var retryAfter: Duration? {
        headers.first(name: "Retry-After").flatMap { RetryAfter.parse($0) }.map { min($0, Self.longestPause) }
    }

    /// Whether it says that it is JSON.
    private var isJSON: Bool {
        let type = headers.first(name: "Content-Type")?.prefix { $0 != ";" } ?? ""
        let bare = type.trimmingCharacters(in: .whitespaces).lowercased()
        return bare == "application/json" || bare == Problem.contentType
    }

    /// The body as what it should be.
    ///
    /// - Throws: ``Unreadable``.
    func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
        guard isJSON else { throw Unreadable(reason: "HTTP \(status) without JSON: \(excerpt)") }
        guard Self.hasBelievableNumbers(body) else { throw Unreadable(reason: "a number in it is too large") }
        do {
            return try FleetJSON.decode(type, from: body)
        } catch {
            throw Unreadable(reason: "it has an unexpected structure: \(Self.place(of: error))")
        }
    }

    /// The problem that it tells of; nil when it is of another kind.
    var problem: Problem? { (try? decoded(Problem.self)).flatMap { (400...599).contains($0.status) ? $0 : nil } }

    /// Its beginning, for a person.
    var excerpt: String {
        let text = HarmlessText.line(String(decoding: body.prefix(2_000), as: UTF8.self), limit: 200)
        return text.isEmpty ? "an empty body" : text
    }

    /// It is not what the API answers.
    struct Unreadable: Error {
        let reason: String
    }

    private static func place(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it can't be read" }
        switch error {
        case .keyNotFound(let key, _): return "no \"\(HarmlessText.line(key.stringValue, limit: 100))\""
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return HarmlessText.line(context.codingPath.map(\.stringValue).joined(separator: "."), limit: 100)
        case .dataCorrupted(let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? "it is not JSON" : HarmlessText.line(path, limit: 100)
        @unknown default: return "it can't be read"
        }
    }

    /// Whether no number has more digits than are believed, or an exponent.
    static func hasBelievableNumbers(_ json: [UInt8]) -> Bool {
        var digits = 0
        var isText = false
        var isEscaped = false
        for byte in json {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                if digits > maximumDigits { return false }
                continue
            case UInt8(ascii: "e"), UInt8(ascii: "E"): if digits > 0 { return false }
            default: break
            }
            digits = 0
        }
        return true
    }
}

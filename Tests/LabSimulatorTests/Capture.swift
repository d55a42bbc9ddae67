// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// One exchange with a real LAVA 2023.01, as it was captured.
struct Capture: Decodable, Sendable, CustomTestStringConvertible {
    var title: String
    var request: String?
    var requestHeaders: [String: String]?
    var status: Int?
    var contentType: String?
    var body: String
    var isHTML: Bool
    var location: String?

    enum CodingKeys: String, CodingKey {
        case title, request, status, body
        case requestHeaders = "request_headers"
        case contentType = "content_type"
        case location = "Location"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        title = try container.decode(String.self, forKey: .title)
        request = try container.decodeIfPresent(String.self, forKey: .request)
        requestHeaders = try container.decodeIfPresent([String: String].self, forKey: .requestHeaders)
        status = try container.decodeIfPresent(Int.self, forKey: .status)
        contentType = try container.decodeIfPresent(String.self, forKey: .contentType)
        location = try container.decodeIfPresent(String.self, forKey: .location)
        if let text = try? container.decode(String.self, forKey: .body) {
            body = text
        } else if let value = try? container.decode(Untouched.self, forKey: .body) {
            body = String(
                decoding: try JSONSerialization.data(withJSONObject: value.value, options: [.fragmentsAllowed]),
                as: UTF8.self
            )
        } else {
            body = ""
        }
        isHTML = body.contains("HTML page)") || body.contains("(html)") || body.contains("<html")
    }

    var testDescription: String { title }

    /// The method and the path below the API's root.
    var method: String { String(request?.split(separator: " ").first ?? "GET") }

    var path: String {
        let target = String(request?.split(separator: " ", maxSplits: 1).last ?? "/")
        return target.hasPrefix("/api/") ? String(target.dropFirst("/api/v0.2".count)) : target
    }

    /// The words of a page, which a capture gives behind its heading.
    var words: String? {
        guard let bar = body.range(of: " | ", options: .backwards) else { return nil }
        return String(body[bar.upperBound...])
    }

    /// All captures of a file.
    static func all(_ file: String) throws -> [Capture] {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Captures/\(file).json")
        return try JSONDecoder().decode([Capture].self, from: Data(contentsOf: url))
    }

    static func one(_ file: String, _ title: String) throws -> Capture {
        guard let found = try all(file).first(where: { $0.title == title }) else { throw Missing(title: title) }
        return found
    }

    struct Missing: Error { var title: String }

    /// A JSON value as Foundation has it, to be written again.
    private struct Untouched: Decodable {
        var value: Any

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                value = NSNull()
            } else if let flag = try? container.decode(Bool.self) {
                value = flag
            } else if let number = try? container.decode(Int.self) {
                value = number
            } else if let number = try? container.decode(Double.self) {
                value = number
            } else if let text = try? container.decode(String.self) {
                value = text
            } else if let list = try? container.decode([Untouched].self) {
                value = list.map(\.value)
            } else {
                value = try container.decode([String: Untouched].self).mapValues(\.value)
            }
        }
    }
}

/// A definition of the real lab's.
func definition(_ name: String) throws -> String {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Definitions/\(name).yaml")
    return try String(contentsOf: url, encoding: .utf8).replacingOccurrences(of: "@IMG@", with: "file:///tmp/lava/img")
}

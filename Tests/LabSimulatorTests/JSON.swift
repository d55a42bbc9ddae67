// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Any JSON value, to be compared.
enum JSON: Decodable, Equatable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    static func parse(_ text: String) -> JSON? {
        try? JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    subscript(_ key: String) -> JSON? {
        if case .object(let fields) = self { return fields[key] }
        return nil
    }

    var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    var int: Int? {
        if case .number(let number) = self { return Int(exactly: number) }
        return nil
    }

    var list: [JSON]? {
        if case .list(let list) = self { return list }
        return nil
    }

    /// The value with everything that belongs to one run made alike: numbers, times, ports, tokens, devices, paths.
    var normalised: JSON {
        switch self {
        case .null, .flag: return self
        case .number: return .number(0)
        case .list(let list): return .list(list.map(\.normalised))
        case .object(let fields): return .object(fields.mapValues(\.normalised))
        case .text(let text):
            var result = text
            for (pattern, replacement) in Self.replacements {
                result = result.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
            }
            return .text(result)
        }
    }

    private static let replacements = [
        ("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{6}Z$", "<time>"), ("127\\.0\\.0\\.1:[0-9]+", "<lab>"),
        ("^[A-Za-z0-9]{32}$", "<token>"), ("^(sim|qemu)-[0-9]{2}$", "<device>"), ("^[0-9]+\\.([0-9])$", "<id>.$1"),
        ("/jobs/[0-9]+/", "/jobs/<id>/"), ("/suites/[0-9]+/", "/suites/<id>/"), ("/tests/[0-9]+/", "/tests/<id>/"),
    ]
}

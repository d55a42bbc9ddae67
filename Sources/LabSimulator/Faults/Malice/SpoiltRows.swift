// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The rows of a list, a single job, or the numbers of a submission, with other values in them.
struct SpoiltRows {
    var malice: Malice
    var size: Int?

    /// A number that no JSON library of ours writes; put in as a text first.
    private static let marker = "\u{E000}10^30"
    private static let huge = "1" + String(repeating: "0", count: 30)
    private static let depthMarker = "\u{E000}deep"

    /// The texts that a lab's user has a hand in.
    private static let free: Set<String> = ["name", "unit", "description", "metadata", "submitter", "actual_device"]

    /// What LAVA fills with YAML.
    private static let yaml: Set<String> = ["metadata", "definition"]

    /// The body with its rows spoilt; what is no JSON object stays as it is.
    func body(_ body: [UInt8]) -> [UInt8] {
        guard var object = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] else { return body }
        if let rows = object["results"] as? [[String: Any]] {
            object["results"] = rows.enumerated().map { row($1, isLast: $0 == rows.count - 1) }
        } else if object["job_ids"] != nil {
            object["job_ids"] = numbers
        } else if object["state"] != nil {
            object = row(object, isLast: true)
        }
        guard let data = try? JSONSerialization.data(withJSONObject: object, options: [.withoutEscapingSlashes]) else {
            return body
        }
        let depth = size ?? 100_000
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let text = String(decoding: data, as: UTF8.self)
        return Array(
            text.replacing("\"\(Self.marker)\"", with: Self.huge).replacing("\"\(Self.depthMarker)\"", with: deep).utf8
        )
    }

    private var numbers: Any {
        switch malice {
        case .oddRow: [["one"]]
        case .wrongTypes: "one"
        case .hugeNumbers: [Self.marker]
        case .negativeNumbers: [-1]
        case .deepRow: Self.depthMarker
        default: []
        }
    }

    private func row(_ row: [String: Any], isLast: Bool) -> [String: Any] {
        guard malice != .oddRow else { return isLast ? odd(row) : row }
        var spoilt = row
        for (key, value) in row { spoilt[key] = self.value(value, of: key) }
        return spoilt
    }

    /// What people have really met: a measurement that is a number.
    private func odd(_ row: [String: Any]) -> [String: Any] {
        var row = row
        row[row["measurement"] == nil ? row["description"] == nil ? "name" : "description" : "measurement"] = 5
        return row
    }

    private func value(_ value: Any, of key: String) -> Any {
        switch malice {
        case .wrongTypes: Self.otherType(value)
        case .hugeNumbers where value is Int || key.hasSuffix("_log_line"): Self.marker
        case .negativeNumbers where value is Int || key.hasSuffix("_log_line"): -1
        case .farTimes where (value as? String).flatMap { Moment($0) } != nil:
            key.hasPrefix("s") ? "0000-01-01T00:00:00.000000Z" : "9999-12-31T23:59:59.999999Z"
        case .controlText where Self.free.contains(key):
            (value as? String).map { "\($0)\u{0}\u{1B}[31m\u{202E}" } ?? value
        case .deepRow where Self.yaml.contains(key): Self.depthMarker
        case .aliasBomb where Self.yaml.contains(key): YAMLBomb.text(for: key, levels: size ?? 14, inKey: false)
        case .aliasKeyBomb where Self.yaml.contains(key): YAMLBomb.text(for: key, levels: size ?? 14, inKey: true)
        case .deepYAML where Self.yaml.contains(key): YAMLBomb.deep(for: key, levels: size ?? 100_000)
        default: value
        }
    }

    private static func otherType(_ value: Any) -> Any {
        switch value {
        case is String: 7
        case is NSNumber: "seven"
        case is NSNull: ["a": [true]]
        default: true
        }
    }
}

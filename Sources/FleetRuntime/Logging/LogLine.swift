// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging

/// The two shapes of a log line. Neither can hold a line break or a control character, whatever it is given.
enum LogLine {
    /// `2026-11-23T22:06:01.123Z info  muster-ingest: Accepted a jobset jobset.id=… jobs=3`
    static func text(
        _ date: Date,
        _ label: String,
        _ level: Logger.Level,
        _ message: String,
        _ metadata: Logger.Metadata
    ) -> String {
        let name = level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
        var line = "\(timestamp(date)) \(name) \(label): \(escaped(message))"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            let text = escaped(value.description)
            let isPlain = !text.isEmpty && !text.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" })
            line += isPlain ? " \(key)=\(text)" : " \(key)=\"\(text.replacing("\"", with: "\\\""))\""
        }
        return line
    }

    /// One JSON object: `time`, `level`, `logger`, `message`, and the metadata under keys of their own.
    static func json(
        _ date: Date,
        _ label: String,
        _ level: Logger.Level,
        _ message: String,
        _ metadata: Logger.Metadata
    ) -> String {
        var fields = [
            "\"time\":\(quoted(timestamp(date)))", "\"level\":\(quoted(level.rawValue))", "\"logger\":\(quoted(label))",
            "\"message\":\(quoted(message))",
        ]
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            // A fact called as one of the four would make the line ambiguous.
            let name = ["time", "level", "logger", "message"].contains(key) ? "metadata.\(key)" : key
            fields.append("\(quoted(name)):\(json(value))")
        }
        return "{\(fields.joined(separator: ","))}"
    }

    private static func json(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .stringConvertible(let integer as Int): "\(integer)"
        case .stringConvertible(let value): quoted(value.description)
        case .array(let elements): "[\(elements.map(json).joined(separator: ","))]"
        case .dictionary(let entries):
            "{\(entries.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(json($0.value))" }.joined(separator: ","))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"\(escaped(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")))\""
    }

    /// Control characters as `\u00XX`, so that nothing logged can forge a line or steer a terminal.
    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory == .control {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func timestamp(_ date: Date) -> String {
        date.formatted(
            .iso8601.year().month().day().timeZone(separator: .omitted).time(includingFractionalSeconds: true)
        )
    }
}

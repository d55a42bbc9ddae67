// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
package import Logging

/// The logger of one program: lines on standard error, in the level and shape of `log`.
///
/// Messages are constant sentences; what varies is metadata, under the keys of ``LogKey``.
///
/// - Parameters:
///   - name: What the program is called, for example `muster-ingest`.
///   - log: Level and shape.
package func makeLogger(name: String, _ log: FleetConfiguration.Log) -> Logger {
    var logger = Logger(label: name) { label in
        var handler = LineLogHandler(label: label, format: log.format, sink: LineSink.standardError)
        handler.metadataProvider = .trace
        return handler
    }
    logger.logLevel = log.level
    return logger
}

/// Writes one line an event, for people or as JSON.
struct LineLogHandler: LogHandler {
    let label: String
    let format: FleetConfiguration.Log.Format
    let sink: LineSink

    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, format: FleetConfiguration.Log.Format, sink: LineSink) {
        self.label = label
        self.format = format
        self.sink = sink
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var facts = metadata
        facts.merge(metadataProvider?.get() ?? [:]) { _, new in new }
        facts.merge(event.metadata ?? [:]) { _, new in new }
        if let error = event.error { facts["error"] = "\(error)" }
        let line =
            switch format {
            case .text: LogLine.text(Date(), label, event.level, event.message.description, facts)
            case .json: LogLine.json(Date(), label, event.level, event.message.description, facts)
            }
        sink.write(line)
    }
}

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

/// Where log lines go: each is handed over whole.
struct LineSink: Sendable {
    let write: @Sendable (String) -> Void

    init(_ write: @escaping @Sendable (String) -> Void) {
        self.write = write
    }

    /// Standard error. A line is one `write`, so the lines of several threads don't mix; what can't be written is
    /// lost, since there is nowhere to complain to.
    static let standardError = LineSink { line in
        var bytes = Array(line.utf8)
        bytes.append(UInt8(ascii: "\n"))
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }
}

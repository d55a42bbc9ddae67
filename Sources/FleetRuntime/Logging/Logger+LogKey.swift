// SPDX-License-Identifier: Apache-2.0

package import Logging

/// Facts of a log line, by their keys.
package typealias LogFacts = [LogKey: Logger.MetadataValue]

extension Logger {
    /// A fact that belongs to every line from now on.
    package subscript(key: LogKey) -> MetadataValue? {
        get { self[metadataKey: key.rawValue] }
        set { self[metadataKey: key.rawValue] = newValue }
    }

    package func debug(_ message: @autoclosure () -> Message, _ facts: @autoclosure () -> LogFacts) {
        log(level: .debug, message(), facts())
    }

    package func info(_ message: @autoclosure () -> Message, _ facts: @autoclosure () -> LogFacts) {
        log(level: .info, message(), facts())
    }

    package func notice(_ message: @autoclosure () -> Message, _ facts: @autoclosure () -> LogFacts) {
        log(level: .notice, message(), facts())
    }

    package func warning(_ message: @autoclosure () -> Message, _ facts: @autoclosure () -> LogFacts) {
        log(level: .warning, message(), facts())
    }

    package func error(_ message: @autoclosure () -> Message, _ facts: @autoclosure () -> LogFacts) {
        log(level: .error, message(), facts())
    }

    package func critical(_ message: @autoclosure () -> Message, _ facts: @autoclosure () -> LogFacts) {
        log(level: .critical, message(), facts())
    }

    package func log(
        level: Level,
        _ message: @autoclosure () -> Message,
        _ facts: @autoclosure () -> LogFacts
    ) {
        log(level: level, message(), metadata: Metadata(facts()))
    }
}

extension Logger.Metadata {
    /// Facts as swift-log has them.
    init(_ facts: LogFacts) {
        self.init(uniqueKeysWithValues: facts.map { ($0.key.rawValue, $0.value) })
    }
}

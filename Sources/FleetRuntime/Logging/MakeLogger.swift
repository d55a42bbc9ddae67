// SPDX-License-Identifier: Apache-2.0

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
        LineLogHandler(label: label, format: log.format, sink: LineSink.standardError)
    }
    logger.logLevel = log.level
    return logger
}

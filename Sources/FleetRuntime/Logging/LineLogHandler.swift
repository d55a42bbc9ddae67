// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging

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

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Synchronization
import Testing

@testable import FleetRuntime

@Suite("Log lines")
struct LogLineTests {
    private func lines(_ format: FleetConfiguration.Log.Format, _ body: (inout Logger) -> Void) -> [String] {
        let kept = Kept()
        var logger = Logger(label: "muster-test") { label in
            LineLogHandler(
                label: label,
                format: format,
                sink: LineSink { line in kept.lines.withLock { $0.append(line) } }
            )
        }
        body(&logger)
        return kept.lines.withLock { $0 }
    }

    private final class Kept: Sendable {
        let lines = Mutex<[String]>([])
    }

    @Test("A text line has time, level, program, message and sorted facts")
    func text() {
        let line = lines(.text) { logger in
            logger[metadataKey: "worker"] = "w"
            logger.notice("It happened", metadata: ["jobset.id": "7", "empty": "", "reason": "a b"])
        }
        #expect(line.count == 1)
        #expect(
            line.first?.hasSuffix("Z notice   muster-test: It happened empty=\"\" jobset.id=7 reason=\"a b\" worker=w")
                == true,
            "\(line)"
        )
    }

    @Test("A JSON line is one object, whatever is logged")
    func json() throws {
        let line = lines(.json) { logger in
            logger.error(
                "Bad \"news\"\n\u{1B}[31m",
                metadata: ["time": "x", "list": ["a", .dictionary(["k": "v"])], "count": .stringConvertible(3)]
            )
        }
        let data = Data(try #require(line.first).utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["message"] as? String == "Bad \"news\"\n\u{1B}[31m")
        #expect(object["level"] as? String == "error")
        #expect(object["metadata.time"] as? String == "x")
        #expect(object["count"] as? Int == 3)
        #expect(!line.joined().contains("\n"))
    }

    @Test("Nothing logged can forge a line or steer a terminal")
    func controls() {
        let line = lines(.text) { $0.info("a\nb", metadata: ["x": "\u{1B}]0;t\u{07}\r\n2026 info forged"]) }
        #expect(line.count == 1)
        #expect(line.first?.unicodeScalars.contains { $0.value < 0x20 } == false)
    }

    @Test("Levels below the configured one are not written")
    func level() {
        let line = lines(.text) { logger in
            logger.logLevel = .warning
            logger.info("no")
            logger.warning("yes")
        }
        #expect(line.count == 1)
    }
}

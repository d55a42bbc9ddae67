// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LAVA

@Suite struct LAVATimestampTests {
    @Test(
        "A time of LAVA's is read and written back without losing a microsecond",
        arguments: [
            "2026-11-23T20:07:43.324503Z", "2026-11-23T20:07:43.000001Z", "2026-11-23T20:07:43.999999Z",
            "2000-02-29T23:59:59.123456Z", "1969-12-31T23:59:59.999999Z", "2099-12-31T00:00:00.000000Z",
        ]
    )
    func roundTrip(text: String) throws {
        let date = try #require(LAVATimestamp.parse(text))
        #expect(LAVATimestamp.format(date) == text)
    }

    @Test(
        "A time is read in the forms LAVA uses",
        arguments: [
            ("2026-11-23T20:08:21.925143+00:00", "2026-11-23T20:08:21.925143Z"),
            ("2026-11-23 20:08:21.925143+00:00", "2026-11-23T20:08:21.925143Z"),
            ("2026-11-23T20:08:21Z", "2026-11-23T20:08:21.000000Z"),
            ("2026-11-23T20:24:24.197073", "2026-11-23T20:24:24.197073Z"),
            ("2026-11-23T22:08:21.5+02:00", "2026-11-23T20:08:21.500000Z"),
        ]
    )
    func forms(text: String, meant: String) throws {
        #expect(LAVATimestamp.format(try #require(LAVATimestamp.parse(text))) == meant)
    }

    @Test(
        "What is no time is none",
        arguments: [
            "", "2026-11-23", "2026-13-01T00:00:00Z", "2026-11-23T25:00:00Z", "2026-11-23T20:07:43.Z",
            "yesterday", "2026-11-23T20:07:43Zjunk", "２026-11-23T20:07:43Z", "2026-11-23T20:07:43.324503+9",
        ]
    )
    func refused(text: String) {
        #expect(LAVATimestamp.parse(text) == nil)
    }

    @Test("Extreme dates do not trap") func extremes() {
        for date in [
            Date.distantPast, .distantFuture, Date(timeIntervalSince1970: 1e300), Date(timeIntervalSince1970: -1e300),
        ] {
            #expect(LAVATimestamp.format(date).hasSuffix("Z"))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPExchange
import Testing

@Suite("Retry-After and dates of HTTP")
struct RetryAfterTests {
    @Test(
        "Retry-After is read as seconds or as a date",
        arguments: [
            ("0", 0), ("120", 120), (" 7 ", 7), ("99999999999999999999999999", 86_400), ("86401", 86_400),
            ("Mon, 23 Nov 2026 12:00:30 GMT", 30), ("Mon, 23 Nov 2026 11:00:00 GMT", 0),
            ("Monday, 23-Nov-26 12:01:00 GMT", 60), ("Mon Nov 23 12:02:00 2026", 120),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ]
    )
    func parsed(_ text: String, _ seconds: Int) {
        let noon = Date(timeIntervalSince1970: 1_795_435_200)
        #expect(RetryAfter.parse(text, now: noon) == .seconds(seconds))
    }

    @Test(
        "What is neither is no Retry-After",
        arguments: ["", "-1", "1.5", "soon", "１２", "Mon, 32 Nov 2026 12:00:00 GMT"]
    )
    func refused(_ text: String) {
        #expect(RetryAfter.parse(text, now: Date()) == nil)
    }

    @Test("A date of HTTP is read in its three forms")
    func date() {
        let date = Date(timeIntervalSince1970: 784_111_777)
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ] {
            #expect(HTTPDate.parse(text) == date, "\(text)")
        }
        for text in ["", "Sun, 06 Foo 1994 08:49:37 GMT"] { #expect(HTTPDate.parse(text) == nil) }
    }

    @Test("A date that is read by its places is the one that a formatter reads")
    func agreement() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        // Some 19 days apart, so that each month, leap years and the end of a century are among them.
        for step in 0..<3_000 {
            let date = Date(timeIntervalSince1970: Double(step) * 1_676_213)
            #expect(HTTPDate.parse(formatter.string(from: date)) == date)
        }
        for text in [
            "Sat, 31 Feb 2026 00:00:00 GMT", "Sat, 00 Jan 2026 00:00:00 GMT", "Sat, 01 Jan 2026 24:00:00 GMT",
            "Sat, 01 Jan 2026 00:60:00 GMT", "Sat, 0x Jan 2026 00:00:00 GMT", "Sat; 01 Jan 2026 00:00:00 GMT",
            "Sat, 01 jan 2026 00:00:00 UTC",
        ] {
            #expect(HTTPDate.parse(text) == formatter.date(from: text), "\(text)")
        }
    }

    @Test(
        "Times of any kind are times or nothing",
        arguments: [
            "0000-01-01T00:00:00Z", "9999-12-31T23:59:60.999999Z", "2026-01-01T00:00:00.99999999999999999999999999Z",
            "",
            "-1", "99999", String(repeating: "9", count: 1_000),
        ]
    )
    func hostile(_ text: String) {
        let pause = RetryAfter.parse("Sun, 06 Nov \(text) 08:49:37 GMT")
        #expect(pause.map { (.zero...RetryAfter.longest).contains($0) } ?? true)
    }
}

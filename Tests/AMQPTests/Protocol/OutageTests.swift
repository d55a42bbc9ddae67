// SPDX-License-Identifier: Apache-2.0

import AMQP
import Testing

@Suite("Outages in the log")
struct OutageTests {
    @Test("A thousand failures in three minutes are four lines, and one when it is over")
    func lines() {
        var outage = Outage()
        let start = ContinuousClock.now
        var words: [Outage.Word] = []
        for step in 0..<1_000 {
            if let word = outage.failed(at: start + .milliseconds(190 * step)) { words.append(word) }
        }
        #expect(words.count == 4)
        #expect(words.first == .begun)
        guard case .lasting(let failures, let lasted)? = words.last else {
            Issue.record("\(words)")
            return
        }
        #expect(failures > 900)
        #expect(lasted >= .seconds(180))
        #expect(outage.worked(at: start + .seconds(200)) == .over(failures: 1_000, .seconds(200)))
        #expect(outage.worked() == nil)
        #expect(outage.failed() == .begun)
    }

    @Test("One failure is one line")
    func single() {
        var outage = Outage()
        #expect(outage.failed() == .begun)
        #expect(outage.worked() == nil)
        #expect(outage.failed() == .begun)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Fleet

@Suite("The limits of documents, as a gateway tells them")
struct DocumentLimitsTests {
    @Test("Every one of them comes over, also those that were added last")
    func whole() throws {
        var limits = DocumentLimits()
        (limits.canMail, limits.maximumReceivers, limits.maximumURLBytes) = (false, 3, 7)
        limits.callbackSecrets = ["ours"]
        limits.mailDomains = MailDomains(["example.org"])
        let text = try FleetJSON.bytes(limits)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any])
        #expect(object.count == Mirror(reflecting: limits).children.count)
        #expect(try FleetJSON.decode(DocumentLimits.self, from: text) == limits)
    }
}

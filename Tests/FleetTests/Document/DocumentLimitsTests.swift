// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Fleet

@Suite("The limits of documents, as a gateway tells them")
struct DocumentLimitsTests {
    @Test("Every one of them comes over, also those added last, but for the addresses that an operator allows")
    func whole() throws {
        var limits = DocumentLimits()
        (limits.canMail, limits.maximumReceivers, limits.maximumURLBytes) = (false, 3, 7)
        limits.callbackSecrets = ["ours"]
        limits.labTimeouts = ["lab_A": JobTimeout(queued: 1), "lab-b": JobTimeout(running: 2)]
        limits.mailDomains = MailDomains(["example.org"])
        limits.callbackAddresses = AddressPolicy(allowedNetworks: ["10.0.0.0/8"])
        let text = try FleetJSON.bytes(limits)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any])
        let told = Mirror(reflecting: limits).children.compactMap(\.label).filter { $0 != "callbackAddresses" }
        #expect(object.count == told.count)
        limits.callbackAddresses = nil
        #expect(try FleetJSON.decode(DocumentLimits.self, from: text) == limits)
    }
}

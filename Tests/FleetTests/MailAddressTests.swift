// SPDX-License-Identifier: Apache-2.0

import Fleet
import Testing

@Suite("A mail address")
struct MailAddressTests {
    @Test(
        "is taken as it is",
        arguments: ["a@b", "team@example.org", "o'hara+x.y@lab-1.example.org", "=?x?=@example.org"]
    )
    func good(_ text: String) {
        #expect(MailAddress(text)?.description == text)
    }

    @Test(
        "is refused when it is none, or could be more than one",
        arguments: [
            "", "team", "@example.org", "team@", "a@b@c", "a b@example.org", "a@b c", "a@example.org\r\nBcc: x",
            "a@example.org,b@example.org", "<a@example.org>", "\"a\"@example.org", "ü@example.org", "a@müller.de",
            "a@-b", "a@b-", "a@b..c", "a@b.", ".a@b", "a.@b", "a\0@b", "a@[127.0.0.1]",
            String(repeating: "a", count: 65) + "@b", "a@" + String(repeating: "b", count: 64),
            "a@" + String(repeating: "b.", count: 127) + "c",
        ]
    )
    func bad(_ text: String) {
        #expect(MailAddress(text) == nil)
        #expect(MailAddress.complaint(about: text) != nil)
    }
}

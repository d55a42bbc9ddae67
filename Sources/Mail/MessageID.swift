// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// What a message is known by, for ever: the same message sent twice has the same, and mail clients thread by it.
package struct MessageID: Sendable, Hashable, CustomStringConvertible {
    /// As headers have it: `<left@domain>`.
    package let description: String

    /// `nil` when `left@domain` is not of the form of a ``MailAddress``, which is stricter than RFC 5322 asks.
    package init?(_ left: String, domain: String) {
        guard let both = MailAddress("\(left)@\(domain)") else { return nil }
        description = "<\(both)>"
    }

    /// That of somebody else's mail.
    package init(_ reference: MailReference) { description = reference.description }
}

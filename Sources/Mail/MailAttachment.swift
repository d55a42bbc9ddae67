// SPDX-License-Identifier: Apache-2.0

/// A file that goes with a message.
package struct MailAttachment: Sendable, Hashable {
    /// What a file can be; a closed list, so that no text of others becomes a header's value.
    package enum Kind: String, Sendable, Hashable {
        case xml = "application/xml"
        case json = "application/json"
    }

    /// What mail clients save it as, in any script; its last 60 characters are sent.
    package var name: String
    /// What is in it.
    package var kind: Kind
    /// The file, in UTF-8.
    package var text: String

    /// A file from its parts.
    package init(name: String, kind: Kind, text: String) {
        self.name = name
        self.kind = kind
        self.text = text
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A file that goes with a message.
public struct MailAttachment: Sendable, Hashable {
    /// What a file can be; a closed list, so that no text of others becomes a header's value.
    public enum Kind: String, Sendable, Hashable {
        case xml = "application/xml"
        case json = "application/json"
    }

    /// What mail clients save it as, in any script; its last 60 characters are sent.
    public var name: String
    /// What is in it.
    public var kind: Kind
    /// The file, in UTF-8.
    public var text: String

    /// A file from its parts.
    public init(name: String, kind: Kind, text: String) {
        self.name = name
        self.kind = kind
        self.text = text
    }
}

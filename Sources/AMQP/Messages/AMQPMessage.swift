// SPDX-License-Identifier: Apache-2.0

/// A message: bytes and what is said about them.
public struct AMQPMessage: Sendable, Hashable {
    /// The body, which the broker never looks into.
    public var body: [UInt8]
    /// What is said about it.
    public var properties: AMQPProperties

    /// A message of bytes.
    public init(body: [UInt8], properties: AMQPProperties = AMQPProperties()) {
        self.body = body
        self.properties = properties
    }

    /// A message of text, as UTF-8.
    public init(text: String, properties: AMQPProperties = AMQPProperties()) {
        self.init(body: Array(text.utf8), properties: properties)
    }
}

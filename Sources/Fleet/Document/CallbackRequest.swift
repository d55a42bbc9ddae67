// SPDX-License-Identifier: Apache-2.0

/// What is to be called once the last job of a jobset has come back, or for other events of its life.
public struct CallbackRequest: Codable, Sendable, Hashable, CustomStringConvertible {
    /// An `http` or `https` URL.
    public var url: String
    /// Headers that the request carries besides Muster's own; they may hold tokens.
    public var headers: [String: String]
    /// What it is called for; `nil` stands for the end alone.
    public var events: [JobsetEvent]?

    /// A callback from its parts, unchecked.
    public init(url: String, headers: [String: String] = [:], events: [JobsetEvent]? = nil) {
        self.url = url
        self.headers = headers
        self.events = events
    }

    /// The URL up to its query, and how many headers there are: queries and headers may hold tokens.
    public var description: String { "\(url.prefix { $0 != "?" }) (\(headers.count) headers)" }
}

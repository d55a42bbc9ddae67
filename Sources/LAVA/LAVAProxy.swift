// SPDX-License-Identifier: Apache-2.0

package import HTTPExchange

/// An HTTP proxy that requests to a lab go through. What it is told of us is in no description.
public struct LAVAProxy: Sendable, Equatable, CustomStringConvertible {
    let proxy: HTTPProxy

    /// A proxy from its URL, such as `http://proxy.example.com:3128` or `http://user:password@proxy.example.com:3128`;
    /// nil if the text is none.
    public init?(_ url: String) {
        guard let proxy = HTTPProxy(url) else { return nil }
        self.proxy = proxy
    }

    package init(_ proxy: HTTPProxy) { self.proxy = proxy }

    /// Host and port.
    public var description: String { proxy.description }
}

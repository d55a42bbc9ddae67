// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Where a lab's event stream is.
struct EventsAddress: Sendable, Equatable {
    var host: String
    var port: Int
    var isTLS: Bool
    /// The path, with a query if there is one, as it is sent.
    var target: String

    /// The address an operator gave, or `/ws/` on the origin of the API: LAVA's web server passes that on.
    init(_ lab: LAVALab) throws(LAVAError) {
        let url = lab.eventsURL ?? lab.url
        guard let host = url.host(percentEncoded: false), !host.isEmpty else {
            throw Self.wrong("the address of the event stream has no host")
        }
        switch url.scheme?.lowercased() {
        case "ws", "http": isTLS = false
        case "wss", "https": isTLS = true
        default: throw Self.wrong("the address of the event stream must begin with ws:// or wss://")
        }
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        port = url.port ?? (isTLS ? 443 : 80)
        guard (1...65_535).contains(port) else { throw Self.wrong("the event stream has no such port") }
        let path = lab.eventsURL?.path(percentEncoded: true) ?? ""
        target = path.isEmpty || path == "/" ? "/ws/" : path
        if let query = lab.eventsURL?.query(percentEncoded: true) { target += "?\(query)" }
    }

    /// The `Host` of the request.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
    }

    private static func wrong(_ reason: String) -> LAVAError {
        LAVAError(kind: .transport(reason: reason), requestMayHaveBeenProcessed: false)
    }
}

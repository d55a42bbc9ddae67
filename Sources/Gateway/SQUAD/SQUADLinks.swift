// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Hummingbird

/// Addresses of things as SQUAD's clients want them: whole, and on the server that they have asked.
struct SQUADLinks: Sendable {
    private let base: String

    init(_ request: Request, _ gateway: GatewayParts) {
        // A proxy that ends TLS is not seen from here: `gateway.public_url` says where it is.
        let asked = "http://\(request.head.authority ?? "localhost")/api/"
        let address = gateway.address(of: "/api/")
        base = address.hasPrefix("/") ? asked : address
    }

    func group(_ id: Int) -> JSONValue { .text("\(base)groups/\(id)/") }
    func project(_ id: Int) -> JSONValue { .text("\(base)projects/\(id)/") }
    func build(_ id: Int, _ part: String = "") -> JSONValue { .text("\(base)builds/\(id)/\(part)") }
    func testJob(_ id: Int, _ part: String = "") -> JSONValue { .text("\(base)testjobs/\(id)/\(part)") }

    func testRun(_ id: Int, _ part: String = "") -> JSONValue { .text("\(base)testruns/\(id)/\(part)") }
    func test(_ id: Int) -> JSONValue { .text("\(base)tests/\(id)/") }
    func metric(_ id: Int) -> JSONValue { .text("\(base)metrics/\(id)/") }
    func report(_ id: Int) -> JSONValue { .text("\(base)reports/\(id)/") }
    func name(_ kind: SQUADName.Kind, _ id: Int) -> JSONValue { .text("\(base)\(kind.rawValue)s/\(id)/") }

    /// The address of a request below `/api/` with other values of these parameters; `nil`: without one.
    func page(of request: Request, replacing parameters: [(name: String, value: String?)]) -> String {
        let others = (request.uri.query ?? "").split(separator: "&").map(String.init).filter { part in
            !parameters.contains { part.hasPrefix($0.name + "=") }
        }
        let new = parameters.compactMap { parameter in parameter.value.map { "\(parameter.name)=\($0)" } }
        let query = (others + new).joined(separator: "&")
        let path = request.uri.path.dropFirst("/api/".count)
        return "\(base)\(path)\(path.hasSuffix("/") ? "" : "/")?\(query)"
    }
}

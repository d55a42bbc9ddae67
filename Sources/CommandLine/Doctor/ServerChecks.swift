// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Foundation

/// Whether a gateway can be reached and trusted, which version it is of, and who we are to it.
struct ServerChecks: Sendable {
    let client: ServerClient

    func run() async -> [Finding] {
        do {
            let caller = try await client.ask(CallerIdentity.self, ServerRequest(get: "caller"))
            return [address, Self.version(of: caller), Self.token(of: caller)]
        } catch {
            let failure = CommandFailure(explaining: error)
            let advice = failure.lines.dropFirst().joined(separator: " ").trimmingCharacters(in: .whitespaces)
            return [.failed("server", failure.lines.first ?? "", advice: advice.isEmpty ? "check its address" : advice)]
        }
    }

    private var address: Finding {
        let way = client.proxy.map { " through the proxy \($0)" } ?? ""
        return client.address.isSecure
            ? .ok("server", "\(client.address)\(way), its certificate is valid")
            : .ok("server", "\(client.address)\(way), without TLS")
    }

    /// What the version of the gateway means for this program.
    static func version(of caller: CallerIdentity) -> Finding {
        guard caller.version != MusterVersion.current else { return .ok("version", caller.version) }
        return .warning(
            "version",
            "\(caller.version), this program is \(MusterVersion.current)",
            advice: "features that the older one does not know do not work"
        )
    }

    /// Who we are.
    static func token(of caller: CallerIdentity) -> Finding {
        let projects = caller.projects.isEmpty ? "no project" : caller.projects.joined(separator: " ")
        guard let name = caller.name else {
            return .warning(
                "token",
                "none: anyone can read \(projects)",
                advice: "set MUSTER_TOKEN; `muster token create` creates one"
            )
        }
        return .ok("token", "\(name), can \(caller.abilities.joined(separator: ", ")) in \(projects)")
    }
}

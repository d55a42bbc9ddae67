// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import FleetAssembly
import FleetRuntime
import Foundation
import LAVA

/// Whether each lab answers, and takes us for who we are.
struct BackendChecks: Sendable {
    let access: FleetAccess

    /// All labs at once, each within its own limit; the findings by name.
    func run() async -> [Finding] {
        let backends = access.configuration.backends.values.sorted { $0.name < $1.name }
        guard !backends.isEmpty else {
            return [.failed("backends", "none is configured", advice: "add one under backends in the configuration")]
        }
        return await withTaskGroup(of: (Int, Finding).self) { group in
            for (number, backend) in backends.enumerated() {
                group.addTask { (number, await check(backend)) }
            }
            var findings: [(Int, Finding)] = []
            for await finding in group { findings.append(finding) }
            return findings.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func check(_ backend: FleetConfiguration.Backend) async -> Finding {
        guard var lab = try? access.configuration.labs().first(where: { $0.name == backend.name }) else {
            return .failed(
                "backend \(backend.name)",
                "its URL is none",
                advice: "correct backends.\(backend.name).url"
            )
        }
        lab.requestTimeout = min(lab.requestTimeout, FleetAccess.patience)
        lab.connectTimeout = min(lab.connectTimeout, FleetAccess.patience)
        let httpClient: HTTPClient
        do {
            httpClient = try LAVAClient.makeHTTPClient(for: [lab])
        } catch {
            return .failed("backend \(backend.name)", "\(error)", advice: "correct backends.\(backend.name).ca_file")
        }
        let client = LAVAClient(lab: lab, httpClient: httpClient, logger: access.logger)
        let finding = await ask(client, backend)
        try? await httpClient.shutdown()
        return finding
    }

    private func ask(_ client: LAVAClient, _ backend: FleetConfiguration.Backend) async -> Finding {
        let subject = "backend \(backend.name)"
        let key = "backends.\(backend.name)"
        do {
            let version = try await client.version()
            let user = try await client.whoami()
            if !user.isEmpty, let refusal = try await refusalToList(client) {
                return .warning(
                    subject,
                    "\(backend.url), LAVA \(version), refuses its list of jobs: \(refusal)",
                    advice: "it is asked for one job at a time, which is slower: let \(user) view jobs there"
                )
            }
            return Self.finding(backend, version: version, user: user)
        } catch {
            switch error.kind {
            case .unauthorized:
                return .failed(subject, "\(backend.url): \(error)", advice: "the token is wrong: correct \(key).token")
            case .notFound, .unexpected:
                return .failed(
                    subject,
                    "\(backend.url): \(error)",
                    advice: "is \(key).url the root of a LAVA server, 2022 or later?"
                )
            default:
                return .failed(
                    subject,
                    "\(backend.url): \(error)",
                    advice: "see that the lab runs and \(key).url is right"
                )
            }
        }
    }

    /// Why a lab does not list its jobs; nil if it does.
    private func refusalToList(_ client: LAVAClient) async throws(LAVAError) -> LAVAError? {
        do {
            _ = try await client.finishedJobs(endedAfter: Date(), limit: 1)
            return nil
        } catch {
            guard error.isRefusalToShow else { throw error }
            return error
        }
    }

    /// What a lab's answers mean. LAVA takes a request whose header it does not understand as one of nobody.
    static func finding(_ backend: FleetConfiguration.Backend, version: String, user: String) -> Finding {
        let subject = "backend \(backend.name)"
        let lab = "\(backend.url), LAVA \(version)"
        if user.isEmpty {
            guard backend.token != nil else {
                return .failed(
                    subject,
                    "\(lab), asked as nobody",
                    advice: "set backends.\(backend.name).token: labs refuse jobs of nobody"
                )
            }
            return .failed(
                subject,
                "\(lab), takes us for nobody",
                advice: "the token is wrong: correct backends.\(backend.name).token"
            )
        }
        if let wanted = backend.user, wanted != user {
            return .warning(
                subject,
                "\(lab), takes us for \(user)",
                advice: "backends.\(backend.name).user says \(wanted)"
            )
        }
        return .ok(subject, "\(lab), as \(user)")
    }
}

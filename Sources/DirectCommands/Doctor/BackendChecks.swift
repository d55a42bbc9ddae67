// SPDX-License-Identifier: Apache-2.0

import CommandLine
import FleetAssembly
import FleetRuntime
import Foundation
import Labs

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
        guard backend.type == .lava else {
            return .ok("backend \(backend.name)", "somebody else runs its jobs and reports their results")
        }
        let lab: any Lab
        do {
            lab = try backend.server(limit: FleetAccess.patience, logger: access.logger)
        } catch {
            return .failed(
                "backend \(backend.name)",
                "\(error)",
                advice: "correct backends.\(backend.name) in the configuration"
            )
        }
        let finding = await ask(lab, backend)
        try? await lab.shutdown()
        return finding
    }

    private func ask(_ lab: any Lab, _ backend: FleetConfiguration.Backend) async -> Finding {
        let subject = "backend \(backend.name)"
        let key = "backends.\(backend.name)"
        do throws(LabError) {
            let version = try await lab.version()
            let identity = try await lab.identity()
            let asked = Date()
            if case .user(let user) = identity {
                switch try await list(lab) {
                case .failure(let refusal):
                    return .warning(
                        subject,
                        "\(Self.address(backend)), \(version), refuses its list of jobs: \(refusal)",
                        advice:
                            "Muster queries its jobs one at a time, which is slower: allow \(user) to view jobs there"
                    )
                case .success(let page):
                    let clock = page.date.flatMap { Self.clock($0, between: asked, and: Date()) }
                    if let clock {
                        return .warning(
                            subject,
                            "\(Self.address(backend)), \(version), its clock is \(clock) this machine's",
                            advice: "times of its jobs and results are the lab's: synchronise it with NTP"
                        )
                    }
                }
            }
            return Self.finding(backend, version: version, identity: identity)
        } catch {
            switch error.kind {
            case .unauthorized:
                return .failed(
                    subject,
                    "\(Self.address(backend)): \(error)",
                    advice: "the token is wrong: correct \(key).token"
                )
            case .notFound, .unintelligible:
                return .failed(
                    subject,
                    "\(Self.address(backend)): \(error)",
                    advice: "is \(key).url the root of a LAVA server, 2022 or later?"
                )
            default:
                return .failed(
                    subject,
                    "\(Self.address(backend)): \(error)",
                    advice: "see that the lab runs and \(key).url is right"
                )
            }
        }
    }

    /// A page of the lab's list of jobs, or why it does not show it.
    private func list(_ lab: any Lab) async throws(LabError) -> Result<LabPage, LabError> {
        do throws(LabError) {
            return .success(try await lab.finishedJobs(endedAfter: Date(), submitter: nil, limit: 1, offset: 0))
        } catch {
            guard error.isRefusalToShow else { throw error }
            return .failure(error)
        }
    }

    /// How far a lab's clock is from ours, if that is more than half a minute. It has told whole seconds, at some moment
    /// between two of ours.
    static func clock(_ theirs: Date, between asked: Date, and answered: Date) -> String? {
        let halfWay = answered.timeIntervalSince(asked) / 2
        let difference = ClockDifference(
            ahead: .seconds(theirs.timeIntervalSince(asked) - halfWay),
            tolerance: .seconds(max(0, halfWay) + 1)
        )
        return difference.exceeds(.seconds(30)) ? difference.words : nil
    }

    /// Where it is, and what is on the way there.
    private static func address(_ backend: FleetConfiguration.Backend) -> String {
        let address = backend.url ?? backend.name
        return backend.proxy.map { "\(address) through the proxy \($0)" } ?? address
    }

    /// What a lab's answers mean. LAVA takes a request whose header it does not understand as one of nobody.
    static func finding(_ backend: FleetConfiguration.Backend, version: String, identity: LabIdentity) -> Finding {
        let subject = "backend \(backend.name)"
        let lab = "\(Self.address(backend)), \(version)"
        switch identity {
        case .anonymous:
            return .failed(
                subject,
                "\(lab), asked without a token",
                advice: "set backends.\(backend.name).token: labs refuse jobs without a token"
            )
        case .stranger:
            return .failed(
                subject,
                "\(lab), does not recognise the token",
                advice: "the token is wrong: correct backends.\(backend.name).token"
            )
        case .user(let user):
            if let wanted = backend.user, wanted != user {
                return .warning(
                    subject,
                    "\(lab), the token belongs to \(user)",
                    advice: "backends.\(backend.name).user says \(wanted)"
                )
            }
            return .ok(subject, "\(lab), as \(user)")
        case .notNeeded:
            return .ok(subject, lab)
        }
    }
}

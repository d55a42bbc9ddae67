// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// What a campaign does to a fleet.
extension FaultCampaign {
    /// Carries out the faults of one lane, one after the other.
    func carryOut(_ faults: [PlannedFault]) async throws {
        for (place, fault) in faults.enumerated() {
            try await sleep(until: fault.at)
            guard !faultsAreOver else { return }
            // What a lab was ordered and has had no occasion for must not pile up.
            if fault.lane == .labs, place.isMultiple(of: 10) { await forgive() }
            do {
                try await carryOut(fault.fault)
                tally.add(fault.fault.sort)
            } catch {
                tally.couldNot("\(fault.fault)", error)
            }
        }
    }

    private func carryOut(_ fault: CampaignFault) async throws {
        switch fault {
        case .kill(let role): fleet.running(role).randomElement()?.kill()
        case .arm(let role, let point):
            armed.withLock { $0[role] = point }
            fleet.running(role).randomElement()?.kill()
        case .restart(let arguments): try await TestServers.stack(["restart"] + arguments)
        case .wipeBroker:
            record.wipe()
            defer { record.wipe() }
            try await TestServers.stack(["wipe", "rabbitmq"])
        case .cut(let way): proxies[way]?.cutAll()
        case .refuse(let way, let time):
            proxies[way]?.cutAll(andRefuse: true)
            try await pause(time)
            proxies[way]?.letThrough()
        case .hold(let way, let time):
            proxies[way]?.hold(true)
            try await pause(time)
            proxies[way]?.letThrough()
        case .delay(let way, let by, let time):
            proxies[way]?.delay(milliseconds: by)
            try await pause(time)
            proxies[way]?.letThrough()
        case .loseCommits(let count): proxies[.database]?.cut(.beforeAnswer, requests: "commit\0", times: count)
        case .order(let lab, let order): try await control(lab, .POST, "faults", order)
        case .streams(let lab, let order): try await control(lab, .POST, "streams", order)
        case .starve(let lab, let running, let stopped, let time): try await starve(lab, running, stopped, time)
        case .restartLab(let lab, let time):
            // It drops every connection, that of this very request perhaps among them.
            _ = try? await control(lab, .POST, "restart", #"{"down_ms": \#(time), "keep": true}"#)
        case .answer(let status, let time):
            fleet.receiver.answer(.status(status))
            try await pause(time)
            fleet.receiver.answer(.status(200))
        case .loseAnswers(let count): proxies[.receiver]?.cut(.beforeAnswer, requests: "POST ", times: count)
        case .hang(let time):
            fleet.receiver.answer(.hang(.milliseconds(1_500)))
            try await pause(time)
            fleet.receiver.answer(.status(200))
        }
    }

    private func starve(_ lab: String, _ running: Int, _ stopped: Int, _ time: Int) async throws {
        guard let process = fleet.process(of: lab) else { return }
        defer { process.thaw() }
        let end = ContinuousClock.now + .milliseconds(time)
        while ContinuousClock.now < end {
            process.thaw()
            try await pause(running)
            process.freeze()
            try await pause(stopped)
        }
    }

    private func pause(_ milliseconds: Int) async throws { try await Task.sleep(for: .milliseconds(milliseconds)) }

    /// From now on nothing fails any more.
    func endFaults() async {
        for proxy in proxies.values { proxy.letThrough() }
        fleet.receiver.answer(.status(200))
        await forgive()
    }

    /// Takes back whatever labs were ordered.
    private func forgive() async {
        for lab in labs.keys {
            for _ in 0..<100 {
                do {
                    try await control(lab, .DELETE, "faults")
                    break
                } catch {
                    // It is away; it comes back with its orders.
                    try? await Task.sleep(for: .milliseconds(100))
                }
            }
        }
    }

    private struct LabSaysNo: Error {
        let status: UInt
        let words: String
    }

    @discardableResult
    func control(_ lab: String, _ method: HTTPMethod, _ path: String, _ json: String? = nil) async throws -> String {
        var request = HTTPClientRequest(url: "\(labs[lab]?.url ?? "")/simulator/\(path)")
        request.method = method
        if let json {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: json))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        let words = String(buffer: try await response.body.collect(upTo: 1 << 24))
        guard response.status.code < 300 else { throw LabSaysNo(status: response.status.code, words: words) }
        return words
    }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Synchronization

/// Carries out a plan: publishes its jobsets through two of each worker against two simulated labs while everything fails
/// around them, has all faults end, waits for everything to come to its end, and hands over what was seen.
final class FaultCampaign: Sendable {
    let plan: CampaignPlan
    let fleet: TestFleet
    let witness: CampaignWitness
    let proxies: [CampaignFault.Way: TestProxy]
    let tally = CampaignTally()
    let record = CampaignRecord()
    /// Where labs are ordered to misbehave, past their proxies.
    let labs: [String: TestFleet.LabAddress]
    let callback: String
    private let start = ContinuousClock.now
    private let isOver = Mutex(false)
    /// Fault points at which the next worker of a role is to die.
    let armed = Mutex<[TestFleet.Role: String]>([:])

    /// A mistake that is built into all workers.
    private let mutant: Mutant?
    /// How long everything may take to come to its end once nothing fails any more.
    let settleLimit: Duration
    /// How many of each worker there are.
    static let width = 2

    static let settings: [String: [String: String]] = [
        "broker": ["heartbeat_seconds": "3", "publish_timeout_seconds": "5", "reconnect_maximum_seconds": "1"],
        // A lab that fails on everybody is no reason to give up a job here.
        "submitter": ["server_error_tries": "1000"],
        // No request is held for so long.
        "watcher": [
            "cancel_limit_seconds": "60", "cancel_maximum_tries": "1000",
            "second_look_seconds": "\(CampaignPlan.longestHold / 1_000 + 2)",
        ],
        "notifier": [
            "retry_schedule_seconds": "[0.2, 0.5, \(Array(repeating: "1", count: 300).joined(separator: ", "))]"
        ],
    ]
    static let labOptions = ["--devices", "sim=60"]

    private init(_ plan: CampaignPlan, _ fleet: TestFleet, _ mutant: Mutant?, _ settleLimit: Duration) throws {
        self.plan = plan
        self.mutant = mutant
        self.settleLimit = settleLimit
        self.fleet = fleet
        witness = CampaignWitness(schema: fleet.name, postgres: fleet.postgres)
        labs = try Dictionary(uniqueKeysWithValues: CampaignPlan.labs.map { ($0, try fleet.address(of: $0)) })
        var proxies: [CampaignFault.Way: TestProxy] = [:]
        proxies[.broker] = try TestProxy(to: TestServers.broker, .bytes)
        proxies[.database] = try TestProxy(to: TestServers.database, .bytes)
        proxies[.labA] = try TestProxy(to: labs["lab-a"]?.url ?? "")
        proxies[.labB] = try TestProxy(to: labs["lab-b"]?.url ?? "")
        proxies[.receiver] = try TestProxy(to: fleet.receiver.url)
        self.proxies = proxies
        callback = try proxies[.receiver]?.instead(of: fleet.receiver.url) ?? fleet.receiver.url
        try fleet.detour(
            broker: proxies[.broker]?.instead(of: TestServers.broker),
            database: proxies[.database]?.instead(of: TestServers.database)
        )
        for (way, lab) in [(CampaignFault.Way.labA, "lab-a"), (.labB, "lab-b")] {
            let url = try proxies[way]?.instead(of: labs[lab]?.url ?? "")
            try fleet.reconfigure(lab) { $0.url = url ?? $0.url }
        }
    }

    /// Runs a campaign to its end in a fleet that has no worker yet.
    static func run(
        _ plan: CampaignPlan,
        in fleet: TestFleet,
        mutant: Mutant? = nil,
        settleLimit: Duration = .seconds(240)
    ) async throws -> (CampaignHistory, CampaignTally) {
        let campaign = try FaultCampaign(plan, fleet, mutant, settleLimit)
        defer { for proxy in campaign.proxies.values { proxy.close() } }
        try await campaign.witness.install()
        let result: Result<CampaignHistory, any Error>
        do {
            result = .success(try await campaign.run())
        } catch {
            result = .failure(error)
        }
        try? await campaign.witness.remove()
        return (try result.get(), campaign.tally)
    }

    private func run() async throws -> CampaignHistory {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.keepWorkers() }
            group.addTask { await self.publishAgain() }
            try await withThrowingTaskGroup(of: Void.self) { lives in
                for lane in PlannedFault.Lane.allCases {
                    lives.addTask { try await self.carryOut(self.plan.faults.filter { $0.lane == lane }) }
                }
                for jobset in plan.jobsets {
                    lives.addTask { try await self.live(jobset) }
                }
                lives.addTask {
                    try await self.sleep(until: self.plan.seconds * 1_000)
                    await self.endFaults()
                }
                try await lives.waitForAll()
            }
            // A fault that took longer than planned may have outlasted the end.
            await endFaults()
            try await settle()
            isOver.withLock { $0 = true }
            try await group.waitForAll()
        }
        try await fleet.stopAll()
        return try await history()
    }

    var isRunning: Bool { isOver.withLock { !$0 } }

    /// Waits for a time of the plan, in milliseconds from the start.
    func sleep(until milliseconds: Int) async throws {
        try await Task.sleep(until: start + .milliseconds(milliseconds))
    }

    /// Whether the time of faults is over.
    var faultsAreOver: Bool { timeUntilFaultsAreOver <= .zero }

    /// Negative once it is over.
    var timeUntilFaultsAreOver: Duration { ContinuousClock.now.duration(to: start + .seconds(plan.seconds)) }

    /// Starts workers in place of those that have died, until it is over.
    private func keepWorkers() async throws {
        var started: [TestProcess] = []
        while isRunning {
            for role in TestFleet.Role.allCases {
                for _ in fleet.running(role).count..<max(Self.width, fleet.running(role).count) {
                    let fault = armed.withLock { $0.removeValue(forKey: role) }
                    started.append(try fleet.start(role, fault: faultsAreOver ? nil : fault, mutant: mutant))
                    tally.add("workers started")
                }
            }
            // That is no fault of a campaign's, and it would go on without end.
            if let useless = started.first(where: { $0.exitStatus == 78 }) {
                throw NeverHappened(what: "a valid configuration", detail: useless.output)
            }
            started.removeAll { !$0.isRunning }
            try await Task.sleep(for: .milliseconds(150))
        }
    }
}

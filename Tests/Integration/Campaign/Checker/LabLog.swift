// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a simulated lab did, by its own log.
struct LabLog {
    struct Made: Equatable {
        let id: Int
        /// The attempt in its definition, in lower case.
        let tag: String
        /// How it ended; `nil` while it has not.
        var health: String?
        /// When it did, in seconds since 1970.
        var endedAt: Double?
        /// The lab has forgotten it.
        var isLost = false
    }

    /// By LAVA's number.
    private(set) var jobs: [Int: Made] = [:]
    /// How many submissions the lab has refused for what was in them.
    private(set) var refusals = 0
    /// Jobs that it was told to cancel.
    private(set) var canceled: Set<Int> = []

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// The lab jobs of an attempt.
    func jobs(of attempt: UUID) -> [Made] { byTag[attempt.uuidString.lowercased()] ?? [] }

    /// All lab jobs, by the attempts in their definitions.
    var byTag: [String: [Made]] { Dictionary(grouping: jobs.values, by: \.tag) }

    private struct Entry: Decodable {
        let event: String
        let time: String?
        let id: Int?
        let tag: String?
        let health: String?
        let method: String?
        let target: String?
        let status: Int?
    }

    /// From a log of JSON lines. What stands in the last line may have been cut short by the lab's own end.
    init(lines: some StringProtocol) {
        let decoder = JSONDecoder()
        for line in lines.split(separator: "\n") {
            guard let entry = try? decoder.decode(Entry.self, from: Data(line.utf8)) else { continue }
            add(entry)
        }
    }

    /// A lab that has done so much, in a hand-made history.
    init(jobs: [Made] = [], refusals: Int = 0, canceled: Set<Int> = []) {
        self.jobs = Dictionary(uniqueKeysWithValues: jobs.map { ($0.id, $0) })
        self.refusals = refusals
        self.canceled = canceled
    }

    mutating func add(_ made: Made) { jobs[made.id] = made }

    private mutating func add(_ entry: Entry) {
        switch entry.event {
        case "job.created":
            guard let id = entry.id else { return }
            jobs[id] = Made(id: id, tag: entry.tag ?? "none")
        case "job.finished":
            // The first end counts: a lab does not end a job twice.
            guard let id = entry.id, jobs[id]?.health == nil else { return }
            jobs[id]?.health = entry.health ?? "Unknown"
            jobs[id]?.endedAt = entry.time.flatMap { try? Date($0, strategy: Self.time) }?.timeIntervalSince1970
        case "job.lost":
            if let id = entry.id { jobs[id]?.isLost = true }
        case "request":
            guard let parts = entry.target?.split(separator: "?").first?.split(separator: "/") else { return }
            if entry.method == "POST", parts.last == "jobs", entry.status == 400 { refusals += 1 }
            if parts.last == "cancel", let id = parts.dropLast().last.flatMap({ Int($0) }) { canceled.insert(id) }
        default: break
        }
    }
}

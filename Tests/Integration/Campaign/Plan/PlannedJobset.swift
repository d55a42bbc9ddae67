// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A jobset of a campaign, and what happens to it in its life.
struct PlannedJobset: Sendable, CustomStringConvertible {
    enum Life: Sendable, Equatable {
        /// It is published and finishes.
        case plain
        /// All that is left of it is canceled after so many milliseconds.
        case canceled(after: Int)
        /// One job of it is canceled after so many milliseconds.
        case jobCanceled(position: Int, after: Int)
        /// It is open, and filled by additions.
        case open(Seal)
        /// Its deadline is so many seconds after its acceptance.
        case deadline(seconds: Int)
        /// It is canceled when more jobs fail.
        case failureLimit(String)
        /// It is sent out again after its end: what failed, or all.
        case retried(all: Bool)
    }

    /// How an open jobset is sealed.
    enum Seal: Sendable, Equatable {
        /// By its last addition.
        case byAddition
        /// By a command after the last.
        case byCommand
        /// By its declared total.
        case byTotal
    }

    struct Addition: Sendable {
        let id: UUID
        let jobs: [PlannedJob]
    }

    /// When it is published, in milliseconds from the campaign's start.
    let at: Int
    let id: UUID
    let number: Int
    let jobs: [PlannedJob]
    let additions: [Addition]
    let life: Life
    let retries: Int
    let priority: Int
    /// The events it wants to be called for; `nil` is the end alone, without a word of it.
    let events: [String]?
    /// Everything of it is published twice.
    let isRepeated: Bool

    /// All its jobs.
    var total: Int { jobs.count + additions.reduce(0) { $0 + $1.jobs.count } }

    /// What the checker is told of it before it is published.
    var published: CampaignHistory.PublishedJobset {
        var published = CampaignHistory.PublishedJobset(
            id: id,
            jobs: jobs.map(\.published),
            isConfirmed: false,
            wasAccepted: false
        )
        if case .failureLimit = life { published.hasFailureLimit = true }
        if case .deadline = life { published.hasDeadline = true }
        return published
    }

    /// The document, with a callback to `callback`.
    func document(callback: String) throws -> [UInt8] {
        var receiver: [String: Any] = ["url": callback]
        if let events { receiver["events"] = events }
        var document: [String: Any] = [
            "build": "/campaign/project-\(number % 3)/\(number)", "callback": receiver,
            "jobs": jobs.enumerated().map(Self.entry),
        ]
        if retries > 0 { document["retries"] = retries }
        if priority != 50 { document["priority"] = priority }
        switch life {
        case .open(let seal):
            document["open"] = true
            if seal == .byTotal { document["total"] = total }
        case .deadline(let seconds): document["timeout"] = seconds
        case .failureLimit(let limit): document["max_failures"] = Int(limit).map { $0 as Any } ?? limit
        default: break
        }
        return try Self.bytes(document)
    }

    /// The document of one of its additions.
    func document(of addition: Addition) throws -> [UInt8] {
        var document: [String: Any] = [
            "jobset": id.uuidString.lowercased(), "jobs": addition.jobs.enumerated().map(Self.entry),
        ]
        if life == .open(.byAddition), addition.id == additions.last?.id { document["seal"] = true }
        return try Self.bytes(document)
    }

    private static func entry(_ place: Int, _ job: PlannedJob) -> [String: String] {
        ["environment": "env-\(place % 4)", "backend": job.lab, "definition": job.definition]
    }

    private static func bytes(_ document: [String: Any]) throws -> [UInt8] {
        Array(try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys]))
    }

    var description: String {
        var kinds: [String: Int] = [:]
        for job in jobs + additions.flatMap(\.jobs) { kinds["\(job.kind)", default: 0] += 1 }
        let words = kinds.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return "jobset \(number) \(id): \(total) jobs (\(words)), \(life), retries \(retries), priority \(priority)"
    }
}

// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// What one request to submit has made in a lab, as far as the lab shows it: a job, or the members of a multinode group.
public struct LAVASubmission: Sendable, Equatable {
    /// What a definition makes.
    public enum Kind: Sendable, CaseIterable {
        /// One job.
        case job
        /// A multinode group.
        case group

        /// The filter by which LAVA finds what was made of a definition.
        var filter: String {
            switch self {
            case .job: "original_definition__contains"
            case .group: "multinode_definition__contains"
            }
        }
    }

    /// The most members that a group is believed to have: more devices than any lab gives one job.
    public static let maximumSize = 1_000

    /// The job, or the members that the lab shows, by id. Never empty.
    public let jobs: [LAVAJob]

    /// How many jobs LAVA counts: `group_size` of a group, and at least as many as are shown.
    public let size: Int

    /// Whether the lab shows all of it.
    ///
    /// LAVA makes the members of a group one after the other. So a group that was found while its submission was in
    /// doubt may still grow; and if the server was killed meanwhile, it never will, and comes to its end by a timeout.
    public var isWhole: Bool { jobs.count >= size }

    /// When the lab took the first of its jobs, by the lab's clock.
    public var submitTime: Date? { jobs.lazy.compactMap(\.submitTime).min() }

    /// The user who submitted it.
    public var submitter: String { jobs.first?.submitter ?? "" }

    init(_ jobs: [LAVAJob]) {
        self.jobs = jobs.sorted { $0.id < $1.id }
        let counted = jobs.lazy.compactMap { $0.group?.size }.max() ?? 0
        size = max(jobs.count, min(counted, Self.maximumSize))
    }
}

extension Collection where Element == LAVAJob {
    /// What was submitted, each request's jobs apart: whole ones first, then by id, which is the order in which the lab
    /// took them.
    public var submissions: [LAVASubmission] {
        let groups = Dictionary(grouping: lazy.filter { $0.group != nil }, by: { $0.group?.targetGroup })
        let all =
            groups.values.map { LAVASubmission($0) } + lazy.filter { $0.group == nil }.map { LAVASubmission([$0]) }
        return all.sorted { one, other in
            one.isWhole == other.isWhole ? one.firstID < other.firstID : one.isWhole
        }
    }
}

extension LAVASubmission {
    fileprivate var firstID: Int { jobs.first?.id ?? .max }
}

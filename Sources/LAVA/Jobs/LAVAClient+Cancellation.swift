// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

extension LAVAClient {
    /// The most jobs of one batch.
    static let cancellationBatch = 500

    /// Asks the lab to cancel many jobs, in one request for each 500 where the lab can (LAVA of 2024 and later), else
    /// in one for each.
    ///
    /// It may be repeated: a finished job is left as it is. After an error some may be canceled and others not; the
    /// failure of one does not keep the others from being asked for, a lab that cannot be reached does. Of a
    /// multinode group every member is to be named: a member that has finished does not act on the others, which is
    /// just the case of a group with a stuck member.
    ///
    /// - Returns: Those that the lab does not know.
    /// - Throws: ``LAVAError/Kind/unauthorized(message:)`` if one of them is not ours to cancel, and whatever a
    ///   request may throw.
    public func cancel(_ ids: [Int]) async throws(LAVAError) -> Set<Int> {
        let ids = Set(ids).sorted()
        var unknown: Set<Int> = []
        for start in stride(from: 0, to: ids.count, by: Self.cancellationBatch) {
            let batch = Array(ids[start..<min(start + Self.cancellationBatch, ids.count)])
            let rest = batch.count > 1 ? try await cancelTogether(batch) : batch
            unknown.formUnion(try await cancelEach(rest))
        }
        return unknown
    }

    /// One request for all.
    ///
    /// - Returns: Those for which it did nothing: they are not there or not ours, which the answer does not tell
    ///   apart; or all of them, where the lab has no batches.
    private func cancelTogether(_ ids: [Int]) async throws(LAVAError) -> [Int] {
        guard lacksBatches.withLock({ !$0 }) else { return ids }
        var request = LAVARequest("jobs/batch_cancel/")
        request.method = .POST
        do {
            request.body = ByteBuffer(bytes: try JSONEncoder().encode(["job_ids": ids]))
        } catch {
            return ids
        }
        do {
            let answer = try await decoded(BatchAnswer.self, request)
            let done = Set(answer.canceled)
            return ids.filter { !done.contains($0) }
        } catch {
            switch error.kind {
            case .notFound, .unexpected:
                // 404, or LAVA 2023.01's 405: it takes the name for a job's number.
                lacksBatches.withLock { $0 = true }
                return ids
            case .unauthorized: return ids  // What is not allowed is said for each.
            default: throw error
            }
        }
    }

    /// One request for each; returns those that the lab does not know.
    ///
    /// One after the other: LAVA locks a member and then its whole group, and two members of one group at once are a
    /// deadlock there, which it answers with a 500.
    private func cancelEach(_ ids: [Int]) async throws(LAVAError) -> Set<Int> {
        var unknown: Set<Int> = []
        var first: LAVAError?
        for id in ids {
            do {
                try await cancel(id)
            } catch {
                switch error.kind {
                case .notFound: unknown.insert(id)
                // What the lab will not do for one it may well do for the others.
                case .server, .unauthorized, .refused: first = first ?? error
                default: throw error
                }
            }
        }
        if let first { throw first }
        return unknown
    }
}

/// The answer to a batch. The numbers that did nothing are named too, and are told by being absent here.
private struct BatchAnswer: Decodable {
    var canceled: [Int]

    enum CodingKeys: String, CodingKey { case canceled = "job_ids" }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import YAML

extension LAVAClient {
    /// Submits a definition with a comment ahead, by which the job can be found again.
    ///
    /// Nothing else is changed. After any error with ``LAVAError/requestMayHaveBeenProcessed`` the job may exist: look
    /// for it with ``findJobs(comment:since:definition:isOwned:)`` before submitting again.
    ///
    /// - Parameters:
    ///   - definition: A LAVA job definition. Its text is not looked at, save for NUL, which LAVA cannot store.
    ///   - comment: What tells this submission from every other, such as a UUID: one line of at most 200 bytes.
    /// - Returns: What LAVA called the job: one name, or one for each member of a multinode group. Never empty, and never
    ///   more than LAVA can make of the definition.
    public func submit(definition: String, comment: String) async throws(LAVAError) -> [LAVALabJobID] {
        precondition(comment.utf8.count <= LeadingComment.maximumBytes && !comment.contains(where: \.isNewline))
        guard !definition.utf8.contains(0) else {
            throw LAVAError(
                kind: .refused(message: "definition: Null characters are not allowed."),
                requestMayHaveBeenProcessed: false
            )
        }
        var request = LAVARequest("jobs/")
        request.method = .POST
        // Whoever submits has a lease on the job that does not wait.
        request.maximumWait = .seconds(2)
        do {
            let document = ["definition": LeadingComment.added(comment, to: definition)]
            request.body = ByteBuffer(bytes: try JSONEncoder().encode(document))
        } catch {
            throw LAVAError(kind: .refused(message: "definition: not a text"), requestMayHaveBeenProcessed: false)
        }
        let answer = try await decoded(SubmissionAnswer.self, request)
        // Most are one name, and that needs no look at the definition.
        let most = answer.ids.count > 1 ? await GroupDefinition.maximumSize(of: definition) : 1
        guard (1...most).contains(answer.ids.count), !answer.isCut else {
            let count = answer.isCut ? "more than \(answer.ids.count)" : "\(answer.ids.count)"
            throw LAVAError(
                kind: .unexpected(reason: "a submission was accepted with \(count) job ids, where \(most) can be"),
                requestMayHaveBeenProcessed: true
            )
        }
        return answer.ids
    }

    /// The members of a multinode group that the lab shows, with numbers and roles, in two requests.
    ///
    /// A submission's answer has the number of the first member alone. The others are found by the group's name: a
    /// member's definition lists them only once all have a device.
    ///
    /// - Parameter first: The number in front of the point of the members' names: see ``LAVALabJobID/group``.
    /// - Returns: By number; fewer than the submission has named if the lab does not show them all, and never more than
    ///   ``LAVASubmission/maximumSize``.
    public func members(ofGroup first: Int) async throws(LAVAError) -> [LAVALabJob] {
        guard let name = try await job(first).group?.targetGroup else { return [] }
        return try await group(name).rows.map { row in
            let job = row.job
            return LAVALabJob(number: job.id, subID: job.group.map { "\(first).\($0.subID)" }, role: job.role)
        }.sorted { $0.number < $1.number }
    }
}

/// The answer to a submission: numbers for jobs, texts for members of a multinode group.
private struct SubmissionAnswer: Decodable {
    var ids: [LAVALabJobID] = []
    /// Whether there are more, which nobody reads.
    var isCut = false

    enum CodingKeys: String, CodingKey { case jobIDs = "job_ids" }

    private enum Name: Decodable {
        case number(Int)
        case text(String)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int.self) {
                self = .number(number)
            } else {
                self = .text(try value.decode(String.self))
            }
        }

        var id: LAVALabJobID? {
            switch self {
            case .number(let number): LAVALabJobID("\(number)")
            case .text(let text): LAVALabJobID(text)
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        var names = try container.nestedUnkeyedContainer(forKey: .jobIDs)
        while !names.isAtEnd {
            guard ids.count < LAVASubmission.maximumSize else {
                isCut = true
                return
            }
            guard let id = try names.decode(Name.self).id else {
                throw DecodingError.dataCorruptedError(forKey: .jobIDs, in: container, debugDescription: "no job id")
            }
            ids.append(id)
        }
    }
}

/// A comment ahead of a definition, its first line: by it whoever submits a job can find it again.
///
/// LAVA keeps a definition's text. A comment ahead of everything else is accepted before `---`, `%YAML` and CRLF alike, and
/// leaves the document what it was. A byte order mark is dropped: behind a comment, LAVA's loader takes it for the first
/// column of its line.
enum LeadingComment {
    /// The longest that is read, in bytes.
    static let maximumBytes = 200

    /// The definition with its comment, which must be one line.
    static func added(_ comment: String, to definition: String) -> String {
        "# \(comment)\n\(ByteOrderMark.removed(from: definition))"
    }

    /// The comment that a definition begins with; nil if it has none, or a longer one.
    static func read(_ definition: String) -> String? {
        let text = definition.utf8
        guard text.starts(with: "# ".utf8) else { return nil }
        let line = text.dropFirst(2).prefix(maximumBytes + 1).prefix {
            $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r")
        }
        return line.count > maximumBytes ? nil : String(Substring(line))
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A row of `jobs/`, as it is on the wire; only what is used is decoded. A row also has a per-job `token`, which
/// is a secret and is left where it is.
///
/// Only the number must be there: a job about which anything else is odd is still a job that the lab has.
struct JobRow: Decodable, Sendable {
    var id: Int
    var state: String
    var health: String
    var description: String?
    var submitter: String?
    var requestedDeviceType: String?
    var actualDevice: String?
    var submitTime: String?
    var startTime: String?
    var endTime: String?
    var definition: String?
    var originalDefinition: String?
    var multinodeDefinition: String?
    var failureComment: String?

    enum CodingKeys: String, CodingKey {
        case id, state, health, description, submitter, definition
        case requestedDeviceType = "requested_device_type"
        case actualDevice = "actual_device"
        case submitTime = "submit_time"
        case startTime = "start_time"
        case endTime = "end_time"
        case originalDefinition = "original_definition"
        case multinodeDefinition = "multinode_definition"
        case failureComment = "failure_comment"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Int.self, forKey: .id)
        guard id > 0 else {
            throw DecodingError.dataCorruptedError(forKey: .id, in: container, debugDescription: "no job's number")
        }
        /// Nil where it is missing or no text. What people wrote is cut to what anybody reads.
        func text(_ key: CodingKeys, upTo limit: Int = 1_000) -> String? {
            (try? container.decode(String.self, forKey: key)).map { AnswerText.excerpt($0, limit: limit) }
        }
        state = text(.state) ?? ""
        health = text(.health) ?? ""
        description = text(.description)
        submitter = text(.submitter)
        requestedDeviceType = text(.requestedDeviceType)
        actualDevice = text(.actualDevice)
        submitTime = text(.submitTime)
        startTime = text(.startTime)
        endTime = text(.endTime)
        definition = try? container.decode(String.self, forKey: .definition)
        originalDefinition = try? container.decode(String.self, forKey: .originalDefinition)
        multinodeDefinition = try? container.decode(String.self, forKey: .multinodeDefinition)
        failureComment = text(.failureComment, upTo: AnswerText.messageLimit)
    }

    /// The group it is a member of.
    var group: LAVAGroup? { definition.flatMap(LAVAGroup.init(definition:)) }

    /// Whether it is a job that says nothing of what was submitted: a group's text is gone, and a comment nowhere.
    var hasLostText: Bool {
        (multinodeDefinition ?? "").isEmpty && originalDefinition.flatMap(LeadingComment.read) == nil
    }

    /// The row as a value of ours.
    var job: LAVAJob {
        let group = group
        return LAVAJob(
            id: id,
            subID: group.flatMap { group in group.memberIDs.first.map { "\($0).\(group.subID)" } },
            group: group,
            state: LAVAJob.State(state),
            health: LAVAJob.Health(health),
            description: description ?? "",
            submitter: submitter ?? "",
            requestedDeviceType: requestedDeviceType,
            actualDevice: actualDevice,
            submitTime: submitTime.flatMap(LAVATimestamp.parse),
            startTime: startTime.flatMap(LAVATimestamp.parse),
            endTime: endTime.flatMap(LAVATimestamp.parse),
            comment: originalDefinition.flatMap(LeadingComment.read)
                ?? multinodeDefinition.flatMap(LeadingComment.read),
            failureComment: failureComment
        )
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A definition as it was understood, once for each text: jobs that differ only in their first comment share it.
final class Definition: Sendable {
    /// One role's share of a multinode group.
    struct Member: Sendable {
        /// `nil` for one that connects to another member's device.
        var deviceType: String?
        /// What LAVA dumps of it, with stand-ins for the ids and the group.
        var template: String
        /// The same without the names of the members, as LAVA keeps it beside the other.
        var originalTemplate: String

        static let groupStandIn = "00000000-0000-4000-8000-6c6162736d75"

        /// A number as long as no id, in the place of a member's id.
        static func standIn(_ place: Int) -> String { "\(9_900_000_000_000_000 + place)" }

        /// Its place in a group that exists.
        func membership(place: Int, ids: [Int], group: String) -> LabJob.Membership {
            var text = template.replacing(Self.groupStandIn, with: group)
            for (place, id) in ids.enumerated() { text = text.replacing(Self.standIn(place), with: "\(id)") }
            let original = originalTemplate.replacing(Self.groupStandIn, with: group)
            return LabJob.Membership(
                group: group,
                place: place,
                ids: ids,
                json: JSONText.quoted(text),
                original: original,
                originalJSON: JSONText.quoted(original)
            )
        }
    }

    let jobName: String
    let deviceType: String?
    let priority: Int
    let behaviour: Behaviour
    /// Empty for a job on one device.
    let members: [Member]

    /// The text without its first comment, escaped for JSON.
    let bodyJSON: [UInt8]
    /// What LAVA dumps of it: keys sorted, comments gone; escaped for JSON.
    let dumpJSON: [UInt8]
    /// The text without its first comment.
    let body: String
    /// What is written `muster: <uuid>` in the body; nearly always nothing, since the tag is the first comment.
    let bodyTags: [String]

    init(
        jobName: String,
        deviceType: String?,
        priority: Int,
        behaviour: Behaviour,
        members: [Member],
        body: String,
        dump: String
    ) {
        self.jobName = jobName
        self.deviceType = deviceType
        self.priority = priority
        self.behaviour = behaviour
        self.members = members
        self.body = body
        self.bodyJSON = JSONText.escaped(body)
        self.dumpJSON = JSONText.quoted(dump)
        self.bodyTags = TagScan.tags(in: body)
    }
}

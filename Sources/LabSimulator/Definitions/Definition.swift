// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization
internal import Yams

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

/// Reads a definition: YAML, LAVA's schema for submissions, and what the job is to do.
struct DefinitionReader: Sendable {
    /// What a definition that says nothing about it does.
    var defaults: Behaviour

    /// The schema of the release that the lab looks like.
    var schema: JobSchema

    /// Understands a definition.
    ///
    /// - Parameter body: The text without white space around it and without its first comment.
    /// - Parameter head: That comment, for the line numbers of the parser's complaints.
    func read(_ body: String, head: String) throws(Refusal) -> Definition {
        let root = try YAMLTree.compose(head + body)
        if let fault = ShapeCheck.fault(in: root, schema.shape) { throw fault.refusal }
        let job = root.mapping ?? [:]
        let name = job["job_name"]?.scalar?.string ?? ""
        try checkRevisions(job["actions"])
        try checkVisibility(job["visibility"])
        let priority = try priority(job["priority"])
        let members = try MultinodeReader(root: root).members()
        guard !members.isEmpty || job["device_type"]?.scalar != nil else {
            throw .schema("required key not provided", place: "data['device_type']")
        }
        if let tag = job["tags"]?.sequence?.first?.scalar?.string {
            throw .crash("Device tag '\(tag)' does not exist in the database.")
        }
        return Definition(
            jobName: name,
            deviceType: members.isEmpty ? job["device_type"]?.scalar?.string : nil,
            priority: priority,
            behaviour: BehaviourReader(defaults: defaults).behaviour(of: job, text: body),
            members: members,
            body: body,
            dump: Redump.text(root) ?? body
        )
    }

    private func priority(_ node: Node?) throws(Refusal) -> Int {
        guard let text = node?.scalar?.string else { return 50 }
        if let named = ["low": 0, "medium": 50, "high": 100][text] { return named }
        // A truth is a number in Python; one in another notation than the decimal is taken for the usual priority.
        guard let number = node?.kind == .bool ? (node?.isTrue == true ? 1 : 0) : Int(text) else { return 50 }
        guard (0...100).contains(number) else {
            throw .schema("Invalid job priority: \(number). Should be in [0, 100]")
        }
        return number
    }

    private func checkVisibility(_ node: Node?) throws(Refusal) {
        guard let groups = node?.mapping?["group"] else { return }
        guard groups.sequence?.isEmpty ?? true else {
            // This lab has no groups at all.
            throw .schema("No known groups were found in the visibility list.")
        }
    }

    private func checkRevisions(_ actions: Node?) throws(Refusal) {
        for action in actions?.sequence ?? [] {
            for definition in action.mapping?["test"]?.mapping?["definitions"]?.sequence ?? [] {
                guard let shallow = definition.mapping?["shallow"], definition.mapping?["revision"] != nil else {
                    continue
                }
                if shallow.isTrue {
                    throw .schema("When 'revision' is used, 'shallow' shouldn't be 'True'")
                }
            }
        }
    }
}

/// Understood definitions by their text without the first comment: a benchmark's ten thousand jobs are one text.
final class DefinitionCache: Sendable {
    private let reader: DefinitionReader
    private let known = Mutex<[String: Definition]>([:])

    /// The most texts that are kept, and the longest, in bytes.
    static let maximumEntries = 512
    static let maximumBytes = 256 * 1024

    init(reader: DefinitionReader) {
        self.reader = reader
    }

    /// Splits a text into its first line, if that is a comment, and the rest; understands the rest.
    func definition(of text: String) throws(Refusal) -> (head: String, definition: Definition) {
        let head = Self.head(of: text)
        let body = String(text.dropFirst(head.count))
        let isShort = body.utf8.count <= Self.maximumBytes
        if isShort, let found = known.withLock({ $0[body] }) { return (head, found) }
        let definition = try reader.read(body, head: head)
        if isShort {
            known.withLock { known in
                if known.count >= Self.maximumEntries { known.removeAll() }
                known[body] = definition
            }
        }
        return (head, definition)
    }

    private static func head(of text: String) -> String {
        guard text.hasPrefix("#"), let end = text.firstIndex(where: \.isNewline) else { return "" }
        return String(text[...end])
    }
}

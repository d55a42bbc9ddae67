// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// Reads a definition: YAML, LAVA's schema as far as its refusals are known, and what the job is to do.
struct DefinitionReader: Sendable {
    /// What a definition that says nothing about it does.
    var defaults: Behaviour

    /// The keys LAVA's schema knows at the top.
    private static let keys: Set<String> = [
        "actions", "context", "device_type", "environment", "job_name", "metadata", "notify", "priority", "protocols",
        "reboot_to_fastboot", "secrets", "tags", "timeouts", "visibility",
    ]

    /// Understands a definition.
    ///
    /// - Parameter body: The text without white space around it and without its first comment.
    /// - Parameter head: That comment, for the line numbers of the parser's complaints.
    func read(_ body: String, head: String) throws(Refusal) -> Definition {
        // LAVA takes a byte order mark behind a comment too, which our parser does not.
        let text = body.unicodeScalars.first == "\u{FEFF}" ? String(body.unicodeScalars.dropFirst()) : body
        let root = try YAMLTree.compose(head + text)
        guard let job = root.mapping else { throw .schema("expected a dictionary") }
        for key in ["actions", "job_name", "timeouts", "visibility"] where job[key] == nil {
            throw .schema("required key not provided", place: "data['\(key)']")
        }
        for (key, _) in job {
            let name = key.scalar?.string ?? ""
            guard Self.keys.contains(name) else { throw .schema("extra keys not allowed", place: "data['\(name)']") }
        }
        let name = job["job_name"]?.scalar?.string ?? ""
        guard name.unicodeScalars.count <= 200 else {
            throw .schema("length of value must be at most 200 for dictionary value", place: "data['job_name']")
        }
        try checkVisibility(job["visibility"])
        try checkNotify(job["notify"])
        try checkMetadata(job["metadata"])
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
        guard let number = Int(text) else {
            throw .schema("not a valid value for dictionary value", place: "data['priority']")
        }
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

    private func checkNotify(_ node: Node?) throws(Refusal) {
        guard let status = node?.mapping?["criteria"]?.mapping?["status"]?.scalar?.string else { return }
        guard ["finished", "running", "complete", "canceled", "incomplete", "all"].contains(status) else {
            throw .schema("not a valid value for dictionary value", place: "data['notify']['criteria']['status']")
        }
    }

    /// Strings, integers and booleans only: floats, lists, maps and nulls are refused.
    private func checkMetadata(_ node: Node?) throws(Refusal) {
        for (key, value) in node?.mapping ?? [:] {
            let tag = value.scalar.map {
                $0.style == .any || $0.style == .plain ? Resolver.default.resolveTag(of: value) : .str
            }
            guard let tag, [.str, .int, .bool].contains(tag) else {
                let name = key.scalar?.string ?? ""
                throw .schema("not a valid value for dictionary value", place: "data['metadata']['\(name)']")
            }
        }
    }
}

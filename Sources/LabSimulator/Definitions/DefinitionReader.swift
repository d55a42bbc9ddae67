// SPDX-License-Identifier: Apache-2.0

internal import Yams

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

// SPDX-License-Identifier: Apache-2.0

/// What a template can write: the JSON report, or what an event other than the end tells, and some facts beside it.
///
/// `docs/callback.md` names them.
package struct TemplateFacts: Sendable {
    let json: String
    let event: JobsetEvent
    let verdict: Verdict?
    let summary: String
    let parameters: [String: String]

    /// The longest summary, in Unicode scalars: GitHub takes no longer description of a commit's status.
    package static let summaryLength = 140

    /// Facts for one callback.
    ///
    /// - Parameters:
    ///   - json: An object; its members are what a template names.
    ///   - event: What is told.
    ///   - verdict: The verdict at the end, `nil` before it.
    ///   - summary: The whole in one line.
    ///   - parameters: The callback's own.
    package init(
        json: String,
        event: JobsetEvent,
        verdict: Verdict?,
        summary: String,
        parameters: [String: String]
    ) {
        self.json = json
        self.event = event
        self.verdict = verdict
        self.summary = HarmlessText.line(summary, limit: Self.summaryLength)
        self.parameters = parameters
    }

    func root(_ budget: RenderBudget) throws(JSONSyntaxError) -> TemplateObject {
        var cursor = JSONCursor(Array(json.utf8))
        let value = try Self.value(&cursor, budget, depth: 0)
        var root = value as? TemplateObject ?? TemplateObject(members: [:], budget: budget)
        root.members["event"] = TemplateText(event.rawValue, budget)
        root.members["summary"] = TemplateText(summary, budget)
        root.members["is"] = TemplateObject(members: marks, budget: budget)
        root.members["parameters"] = TemplateObject(
            members: parameters.mapValues { TemplateText($0, budget) },
            budget: budget
        )
        if let jobs = root.members["jobs"] as? TemplateList {
            root.members["incomplete_jobs"] = TemplateList(
                elements: jobs.elements.filter(Self.isIncomplete),
                budget: budget
            )
        }
        return root
    }

    /// `is.passed` and the like: mustache knows no comparison.
    private var marks: [String: Any] {
        var marks: [String: Any] = ["finished": event == .finished, "running": verdict == nil]
        for known in Verdict.allCases { marks[known.rawValue] = known == verdict }
        return marks
    }

    private static func isIncomplete(_ job: Any) -> Bool {
        let outcome = (job as? TemplateObject)?.members["outcome"] as? TemplateText
        return outcome?.text != JobOutcome.complete.rawValue
    }

    /// As deep as the report goes, and no deeper.
    private static func value(
        _ cursor: inout JSONCursor,
        _ budget: RenderBudget,
        depth: Int
    ) throws(JSONSyntaxError) -> Any {
        guard depth < 16 else { throw JSONSyntaxError(offset: 0, problem: "it is nested too deeply") }
        switch try cursor.kind() {
        case .object:
            var members: [String: Any] = [:]
            var progress = try cursor.enterObject()
            while let key = try cursor.nextKey(&progress) {
                members[key] = try value(&cursor, budget, depth: depth + 1)
            }
            return TemplateObject(members: members, budget: budget)
        case .array:
            var elements: [Any] = []
            var progress = try cursor.enterArray()
            while try cursor.nextElement(&progress) {
                elements.append(try value(&cursor, budget, depth: depth + 1))
            }
            return TemplateList(elements: elements, budget: budget)
        case .string: return TemplateText(try cursor.string(), budget)
        case .number: return TemplateText(String(try cursor.number()), budget)
        case .boolean: return try cursor.boolean()
        case .null:
            try cursor.skip()
            return TemplateText("", budget)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A message in a room of Matrix: `PUT /_matrix/client/v3/rooms/{room}/send/m.room.message/{transaction}`. The server
/// drops a repeated one by its transaction, which is the delivery.
struct MatrixMessage: BuiltInTemplate {
    let name = "matrix"
    let method = CallbackMethod.put
    let parameters = [TemplateParameter(TemplateParameter.page, .nothing)]
    let isState = true
    let needsDelivery = true

    /// A notice: other bots don't answer it.
    private struct Message: Encodable {
        struct Mentions: Encodable {}

        let msgtype = "m.notice"
        let body: String
        let format = "org.matrix.custom.html"
        let formattedBody: String
        /// Nobody, whatever names stand in the text.
        let mentions = Mentions()

        enum CodingKeys: String, CodingKey {
            case msgtype, body, format, formattedBody
            case mentions = "m.mentions"
        }
    }

    package func names(anyOf members: Set<String>) -> Bool { false }

    package func render(_ facts: TemplateFacts, maximumBytes: Int) throws(BodyTemplate.Fault) -> String {
        let page = facts.parameters[TemplateParameter.page]
        let failures = try facts.report().incompleteJobs.prefix(TemplateReport.listed).map(\.line)
        let summary = Self.html(facts.summary)
        let title = page.map { "<a href=\"\(Self.html($0))\">\(summary)</a>" } ?? summary
        let items = failures.map { "<li>\(Self.html($0))</li>" }.joined()
        let message = Message(
            body: ([facts.summary] + failures.map { "• \($0)" } + [page].compactMap(\.self)).joined(separator: "\n"),
            formattedBody: items.isEmpty ? title : "\(title)<ul>\(items)</ul>"
        )
        return try TemplateFacts.json(message, maximumBytes: maximumBytes)
    }

    func meaning(of status: Int) -> String? {
        switch status {
        case 401: "the Matrix server does not know the token"
        case 403: "the user is not in the room, or may not write there"
        case 404: "the Matrix server has no such room"
        default: nil
        }
    }

    private static func html(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

/// An incoming webhook of Slack, Mattermost, Rocket.Chat and others that take Slack's.
struct SlackMessage: TextTemplate {
    let name = "slack"
    let text = """
        {"text": "{{slack(summary)}}{{#top(incomplete_jobs)}}\\n• {{slack(environment)}}: {{outcome}}{{#reason}}, \
        {{slack(reason)}}{{/reason}}{{/top(incomplete_jobs)}}"}
        """
}

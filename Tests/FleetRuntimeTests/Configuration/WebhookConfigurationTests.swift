// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Foundation
import Testing

@Suite("Webhooks in the configuration")
struct WebhookConfigurationTests {
    private static func load(_ webhooks: String) throws(ConfigurationFaults) -> [ConfiguredWebhook] {
        try FleetConfiguration.load(
            text: """
                \(ConfigurationLoadingTests.smallest)
                callback:
                  secrets:
                    team: {secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, projects: [g/*]}
                    other: {secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, projects: [h/*]}
                projects:
                  g/p:
                    webhooks:
                \(webhooks)
                """
        ).webhooks
    }

    @Test("Each is read with its name, and what it leaves out is the usual")
    func read() throws {
        let webhooks = try Self.load(
            """
                  plain: {url: "https://ci.example.org/hook?t=x"}
                  status:
                    url: "https://api.github.com/repos/o/r/statuses/{labels.commit}"
                    events: [finished, accepted]
                    template: github-status
                    parameters: [context=lava]
                    authorization: Bearer hunter2
                    secret: team
                    enabled: false
            """
        )
        #expect(
            webhooks == [
                ConfiguredWebhook(
                    group: "g",
                    project: "p",
                    name: "plain",
                    terms: WebhookTerms(),
                    request: WebhookRequest(url: "https://ci.example.org/hook?t=x")
                ),
                ConfiguredWebhook(
                    group: "g",
                    project: "p",
                    name: "status",
                    terms: WebhookTerms(events: [.accepted, .finished], isEnabled: false),
                    request: WebhookRequest(
                        url: "https://api.github.com/repos/o/r/statuses/{labels.commit}",
                        headers: ["authorization": "Bearer hunter2"],
                        template: "github-status",
                        parameters: ["context": "lava"],
                        secret: "team"
                    )
                ),
            ]
        )
        #expect(webhooks.map(\.receiver) == ["https://ci.example.org", "https://api.github.com"])
    }

    @Test(
        "What is wrong is said where it stands, and no URL is shown",
        arguments: [
            ("{}", "url is missing"),
            (#"{url: "https://user:hunter2@x.example/"}"#, "must not hold a user or a password"),
            (#"{url: "https://{labels.host}/x"}"#, "label"),
            (#"{url: "https://x.example/{commit}"}"#, "needs percent-encoding"),
            (#"{url: "https://x.example:25/hunter2"}"#, "something other than HTTP listens"),
            (#"{url: "https://x.example/", events: [first_failure]}"#, "must be one of accepted, progress"),
            (#"{url: "https://x.example/", template: gitlab}"#, "must be one of"),
            (#"{url: "https://x.example/", template: gitlab-pipeline, token: hunter2}"#, "ref is missing"),
            (#"{url: "https://x.example/", template: gitlab-pipeline, parameters: [ref=main]}"#, "token is missing"),
            (#"{url: "https://x.example/", template: slack, token: hunter2}"#, "is not a parameter of slack"),
            (#"{url: "https://x.example/", template: gitlab-status, parameters: [a=b]}"#, "it has context, ref"),
            (#"{url: "https://x.example/", parameters: [a=b]}"#, "are only for a template"),
            (#"{url: "https://x.example/", template: slack, parameters: [a]}"#, "must be name=value"),
            (#"{url: "https://x.example/rooms/!r/send/", template: matrix}"#, "must have {delivery}"),
            (#"{url: "https://{delivery}/x"}"#, "the delivery in its host"),
            (#"{url: "https://x.example/", secret: nobody}"#, "is not the name of a section of callback.secrets"),
            (
                #"{url: "https://x.example/", secret: other}"#,
                "must have the project in callback.secrets.other.projects"
            ),
            (#"{url: "https://x.example/", progress_percent: 0}"#, "must be from 1 to 100"),
        ]
    )
    func faults(_ webhook: String, _ reason: String) throws {
        let faults = try #require(throws: ConfigurationFaults.self) { _ = try Self.load("      one: \(webhook)") }
        #expect("\(faults)".contains(reason), "\(faults)")
        #expect("\(faults)".contains("projects.g/p.webhooks.one"))
        #expect(!"\(faults)".contains("hunter2"))
    }
}

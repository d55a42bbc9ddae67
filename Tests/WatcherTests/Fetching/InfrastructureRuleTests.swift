// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Testing

@testable import Watcher

@Suite("Whose fault a failure is")
struct InfrastructureRuleTests {
    let rule = InfrastructureRule(
        patterns: ["^bootloader-\\w+ timed out", "(?i)connection refused"],
        byProject: ["kernel/stable": ["No space left"], "kernel/next": []]
    )

    private func blamesLab(
        _ message: String?,
        type: String? = "Job",
        project: String = "kernel/next",
        _ rule: InfrastructureRule? = nil
    ) -> Bool {
        (rule ?? self.rule).isInfrastructure(errorType: type, errorMessage: message, project: project)
    }

    @Test("LAVA's own word is enough, with or without words beside it")
    func errorType() {
        #expect(blamesLab(nil, type: "Infrastructure"))
        #expect(blamesLab("anything", type: "Infrastructure", project: "unknown/project"))
    }

    @Test(
        "No other of its words is",
        arguments: ["Job", "Test", "Canceled", "MultinodeTimeout", "Bug", "infrastructure", "Infrastructure ", "", nil]
    )
    func otherTypes(_ type: String?) {
        #expect(!blamesLab("the build is bad", type: type))
        #expect(!blamesLab(nil, type: type))
    }

    @Test("Patterns are found anywhere in the message, for every project, and of a failure without a type too")
    func patterns() {
        #expect(blamesLab("bootloader-action timed out after 300 seconds"))
        #expect(blamesLab("ssh: Connection refused by host", project: "kernel/stable"))
        #expect(blamesLab("CONNECTION REFUSED", type: nil, project: "unknown/project"))
        #expect(!blamesLab("the bootloader-action timed out"))
        #expect(!blamesLab(""))
    }

    @Test("A project's patterns are its own, besides those for all")
    func byProject() {
        let message = "write: No space left on device"
        #expect(blamesLab(message, project: "kernel/stable"))
        #expect(!blamesLab(message, project: "kernel/next"))
        #expect(!blamesLab(message, project: "kernel/stable2"))
    }

    @Test("Without words no pattern applies, not even one that everything matches")
    func noMessage() {
        let all = InfrastructureRule(patterns: [".*", ""], byProject: [:])
        #expect(!blamesLab(nil, all))
        #expect(blamesLab("whatever", all))
    }

    @Test("A pattern that does not compile matches nothing, and leaves the others as they are")
    func badPattern() {
        let rule = InfrastructureRule(patterns: ["(", "[z-a]", "refused"], byProject: ["kernel/next": ["*"]])
        #expect(!blamesLab("( [z-a] *", rule))
        #expect(blamesLab("connection refused", rule))
    }

    @Test(
        "A pattern that would search without end is given up, and the others hold",
        arguments: ["(a+)+$", "(a|aa)+$", "(.*a){25}$", "([a-z]+)*b$", "^(\\w+\\s?)*$"]
    )
    func endless(_ pattern: String) {
        let rule = InfrastructureRule(patterns: [pattern, "on fire"], byProject: [:])
        let text = String(repeating: "a", count: 4_000)
        #expect(blamesLab("\(text)! the board is on fire", rule))
        #expect(!blamesLab("\(text)! and all is well", rule))
    }

    @Test("The patterns are the configuration's")
    func configuration() throws {
        let rule = InfrastructureRule(
            try FleetConfiguration.load(
                text: """
                    broker: {url: "amqp://guest:guest@127.0.0.1/"}
                    database: {url: "postgres://muster:pass@127.0.0.1/muster"}
                    watcher: {infrastructure_patterns: ["power outage"]}
                    projects:
                      kernel/stable: {infrastructure_patterns: ["no boards"]}
                    """
            )
        )
        #expect(rule.patterns == ["power outage"])
        #expect(rule.byProject == ["kernel/stable": ["no boards"]])
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Fleet

@Suite("Templates of bodies")
struct BodyTemplateTests {
    private static let hostile = #"x", "state": "success", "y": "\#u{1}\ <!channel> & {{parameters.token}} 100% +ü"#

    /// Facts whose texts are hostile.
    private static func facts(parameters: [String: String] = [:]) throws -> TemplateFacts {
        let object: [String: Any] = [
            "jobset": ["id": "j", "build": hostile, "generation": 2, "labels": ["b": "2", "a": "1"]],
            "jobs": [
                ["environment": hostile, "outcome": "incomplete", "reason": hostile, "attempts": 0],
                ["environment": "e2", "outcome": "complete", "attempts": 1],
            ],
            "verdict": "incomplete",
        ]
        return TemplateFacts(
            json: String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self),
            event: .finished,
            verdict: .incomplete,
            summary: hostile,
            parameters: parameters
        )
    }

    private func render(_ text: String, _ contentType: CallbackContentType = .json) throws -> String {
        try BodyTemplate(text, contentType: contentType)
            .render(try Self.facts(parameters: ["token": "t&=\"", "ref": "main"]), maximumBytes: 65_536)
    }

    @Test("No value breaks out of a JSON string")
    func json() throws {
        let body = try render(
            #"{"build": "{{jobset.build}}", "jobs": [{{#jobs}}"{{environment}}"{{^last()}}, {{/last()}}{{/jobs}}]}"#
        )
        let object = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        #expect(object.keys.sorted() == ["build", "jobs"])
        #expect(object["build"] as? String == Self.hostile)
        #expect(object["jobs"] as? [String] == [Self.hostile, "e2"])
    }

    @Test("No value breaks out of a form's field")
    func form() throws {
        let body = try render("a={{jobset.build}}&token={{parameters.token}}", .form)
        let fields = body.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        #expect(fields.map(\.first) == ["a", "token"])
        let value = try #require(fields[0].last).replacing("+", with: " ").removingPercentEncoding
        #expect(value == Self.hostile)
        #expect(fields[1].last == "t%26%3D%22")
    }

    @Test("Sections, numbers, absent values and transforms")
    func mustache() throws {
        #expect(try render("{{jobset.generation}}{{#nothing}}x{{/nothing}}{{^nothing}}y{{/nothing}}", .text) == "2y")
        #expect(try render("{{#jobs}}{{#attempts}}a{{/attempts}}{{^attempts}}-{{/attempts}}{{/jobs}}", .text) == "-a")
        let labels = "{{#enumerated(jobset.labels)}}{{key}}={{value}};{{/enumerated(jobset.labels)}}"
        #expect(try render(labels, .text) == "a=1;b=2;")
        #expect(try render("{{count(jobs)}} {{uppercased(verdict)}} {{event}}", .text) == "2 INCOMPLETE finished")
        #expect(try render("{{#incomplete_jobs}}{{outcome}}{{/incomplete_jobs}}", .text) == "incomplete")
        #expect(try render("{{jobset}}{{jobs}}|{{budget}}{{members}}{{verdict.text}}", .text) == "|")
        #expect(try render("{{#is.incomplete}}i{{/is.incomplete}}{{^is.passed}}n{{/is.passed}}", .text) == "in")
    }

    @Test(
        "What could break out, go on without end or ask for more is refused, with its place",
        arguments: [
            ("{\n{{{a}}}", "unescaped", "line 2, column 1"), ("{{&a}}", "unescaped", "line 1, column 1"),
            ("x{{>a}}", "other templates", "line 1, column 2"), ("{{<a}}{{/a}}", "other templates", ""),
            ("{{$a}}{{/a}}", "other templates", ""), ("{{=<% %>=}}", "how it is read", ""),
            ("{{% CONTENT_TYPE:TEXT}}", "how it is read", ""), ("{{a", "without its end", "column 1"),
            ("{{#a}}", "a section has no end", "line 1"), ("{{#a}}{{/b}}", "not the one that is open", "line 1"),
            ("\n{{a b}}", "not one that mustache knows", "line 2"), ("{{a(b(c(d(e(f)))))}}", "too many transforms", ""),
            (String(repeating: "{{#a}}{{! {{/ }}", count: 9), "more than 8 sections", ""),
            (String(repeating: "x", count: 8_193), "8193 bytes", ""),
        ]
    )
    func refused(_ text: String, _ reason: String, _ place: String) {
        let complaint = TemplateCheck.complaint(about: text, contentType: .text, parameters: [:], events: [.finished])
        #expect(complaint?.contains(reason) == true, "\(complaint ?? "nothing")")
        #expect(place.isEmpty || complaint?.contains(place) == true, "\(complaint ?? "nothing")")
    }

    @Test(
        "What gives no JSON is refused before the jobset is taken",
        arguments: [
            #"{"a": {{jobset.build}}}"#, #"{"a": {{jobset.labels.x}}}"#, #"{"a": "{{verdict}}""#, "",
            #"[{{#jobs}}{{position}},{{/jobs}}]"#, #"{"a": {{#change}}{{verdict}}{{/change}}{{^change}}1{{/change}}}"#,
        ]
    )
    func notJSON(_ text: String) {
        let complaint = TemplateCheck.complaint(about: text, contentType: .json, parameters: [:], events: [.finished])
        #expect(complaint?.contains("does not give JSON") == true, "\(complaint ?? "nothing")")
    }

    @Test("Sections inside of sections don't multiply without end")
    func budget() throws {
        let jobs = Array(repeating: ["environment": "e", "outcome": "complete"], count: 5_000)
        let json = String(decoding: try JSONSerialization.data(withJSONObject: ["jobs": jobs]), as: UTF8.self)
        let facts = TemplateFacts(json: json, event: .finished, verdict: .passed, summary: "s", parameters: [:])
        let text = String(repeating: "{{#jobs}}", count: 8) + "x" + String(repeating: "{{/jobs}}", count: 8)
        let template = try BodyTemplate(text, contentType: .text)
        #expect(throws: BodyTemplate.Fault(description: "gives more than 65536 bytes")) {
            try template.render(facts, maximumBytes: 65_536)
        }
        let silent = try BodyTemplate(text.replacing("x", with: ""), contentType: .text)
        #expect(throws: BodyTemplate.Fault.self) { try silent.render(facts, maximumBytes: 65_536) }
    }

    @Test("Every built-in gives what it should for every event", arguments: BuiltInTemplates.all.map(\.name))
    func builtIns(_ name: String) throws {
        let builtIn = try #require(BuiltInTemplates.named(name))
        let parameters = [
            "ref": "r", "token": "t", "context": "c", "event_type": "e", "target_url": "u", "commit": "s",
            "label": "Verified", "delivery": "d",
        ]
        for (event, verdict, json) in SampleReport.all {
            let facts = TemplateFacts(
                json: json,
                event: event,
                verdict: verdict,
                summary: "sample",
                parameters: parameters
            )
            let body = try builtIn.render(facts, maximumBytes: 65_536)
            #expect(!body.isEmpty)
            guard builtIn.contentType == .json else { continue }
            #expect(try JSONSerialization.jsonObject(with: Data(body.utf8)) is [String: Any])
        }
    }

    @Test("A check run keeps GitHub's limits, whatever names and numbers a report has", arguments: [1, 60, 1_000])
    func checkRun(_ failures: Int) throws {
        let long = String(repeating: Self.hostile, count: 20)
        let tests = (0..<failures).map { number in
            [
                "environment": "e\(number)\(long)", "suite": long, "name": "\(number)\(long)",
                "url": "https://x.example/\(number)",
            ]
        }
        let object: [String: Any] = [
            "jobset": ["id": "j", "build": Self.hostile, "generation": 1, "created_at": "2026-11-23T12:06:40Z"],
            "jobs": [["environment": "e", "outcome": "incomplete", "reason": Self.hostile]],
            "failed_tests": tests, "failed_tests_omitted": 7,
            "totals": ["jobs": ["total": 2, "complete": 1], "tests": ["pass": 1, "fail": failures]],
        ]
        let facts = TemplateFacts(
            json: String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self),
            event: .finished,
            verdict: .failed,
            summary: Self.hostile,
            parameters: ["context": "muster", "commit": "0a"]
        )
        let body = try GitHubCheck().render(facts, maximumBytes: 65_536)
        #expect(body.utf8.count <= 65_536)
        let run = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        let output = try #require(run["output"] as? [String: Any])
        let annotations = try #require(output["annotations"] as? [[String: Any]])
        #expect((1...50).contains(annotations.count))
        #expect(annotations.allSatisfy { ($0["title"] as? String)?.unicodeScalars.count ?? 256 <= 255 })
        let summary = try #require(output["summary"] as? String)
        #expect(summary.unicodeScalars.count <= GitHubCheck.maximumSummary && !summary.contains("<!channel>"))
        if failures > 1 { #expect(summary.contains("have no annotation")) }
        #expect(run["conclusion"] as? String == "failure" && run["status"] as? String == "completed")
    }

    @Test("Slack's calls to everybody and links are taken from text that others wrote")
    func slack() throws {
        let body = try render(SlackMessage().text)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: String])
        let text = try #require(object["text"])
        #expect(!text.contains("<") && text.contains("&lt;!channel&gt; &amp;"))
        #expect(text.split(separator: "\n").count == 2)
    }
}

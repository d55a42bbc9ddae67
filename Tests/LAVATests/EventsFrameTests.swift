// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LAVA

@Suite struct EventsFrameTests {
    /// As it came from a real LAVA 2023.01.
    private static let captured = #"""
        ["org.lavasoftware.testjob", "909fabe8-e779-11f1-a5ca-02fc00000001", "2026-11-23T20:07:52.863867", "admin", "{\"health\": \"Unknown\", \"state\": \"Scheduled\", \"job\": 39, \"description\": \"fleet-multinode\", \"priority\": 50, \"submit_time\": \"2026-11-23T20:07:52.794749+00:00\", \"submitter\": \"admin\", \"health_check\": false, \"sub_id\": \"39.0\", \"device\": \"sim-05\", \"worker\": \"loopback-worker\", \"device_type\": \"sim\"}"]
        """#

    @Test("A captured event is read") func captured() throws {
        guard case .job(let event) = EventFrame(Data(Self.captured.utf8)) else {
            Issue.record("it is no job's event")
            return
        }
        #expect(event.job == 39 && event.state == .scheduled && event.subID == "39.0" && event.device == "sim-05")
        #expect(event.description == "fleet-multinode" && event.submitter == "admin")
        #expect(event.submitTime.map(LAVATimestamp.format) == "2026-11-23T20:07:52.794749Z")
        #expect(event.sentTime.map(LAVATimestamp.format) == "2026-11-23T20:07:52.863867Z")
        #expect(event.startTime == nil && event.endTime == nil)
    }

    @Test(
        "Devices, workers and newer topics are none of ours, whatever they say",
        arguments: ["device", "worker", "testjobs", "event", ""]
    )
    func others(topic: String) {
        let text = #"["org.lavasoftware.\#(topic)", "u", "t", "lavaserver", "no JSON"]"#
        #expect(EventFrame(Data(text.utf8)) == .other)
    }

    @Test("A lab may choose its own prefix") func prefix() {
        let text = Scripted.event(7, "Running").replacing("org.lavasoftware", with: "com.example.lab")
        #expect(
            EventFrame(Data(text.utf8))
                == .job(
                    LAVAJobEvent(
                        job: 7,
                        state: .running,
                        sentTime: LAVATimestamp.parse("2026-11-23T20:04:32.263683Z")
                    )
                )
        )
    }

    @Test("What is missing or of another type does not cost the event") func lenient() {
        let data =
            #"{\"job\": 7, \"state\": \"Finished\", \"health\": 3, \"sub_id\": \"\", \"device\": null, "#
            + #"\"end_time\": \"yesterday\"}"#
        let text = #"["a.testjob", "", "", "", "\#(data)"]"#
        #expect(EventFrame(Data(text.utf8)) == .job(LAVAJobEvent(job: 7, state: .finished)))
    }

    @Test(
        "What makes no sense is told apart from a refusal",
        arguments: [
            "", "{}", "[]", "null", "7", "[", "[1,2,3,4,5]", #"["a.testjob","","",""]"#,
            #"["a.testjob","","","","{}"]"#, #"["a.testjob","","","","{\"job\":0,\"state\":\"Running\"}"]"#,
            #"["a.testjob","","","","{\"job\":\"7\",\"state\":\"Running\"}"]"#,
            #"["a.testjob","","","","{\"job\":1e99,\"state\":\"Running\"}"]"#,
            #"["a.testjob","","","","{\"job\":99999999999999999999,\"state\":\"Running\"}"]"#,
            #"["a.testjob","","","","{\"job\":7}"]"#, String(repeating: "[", count: 100_000),
            String(repeating: #"{"error":"#, count: 50_000), #"{"message":"hello"}"#,
        ]
    )
    func nonsense(text: String) {
        #expect(EventFrame(Data(text.utf8)) == .undecodable)
    }

    @Test("Bytes that are no UTF-8 are nonsense too") func bytes() {
        #expect(EventFrame(Data([0x5B, 0x22, 0xFF, 0xFE, 0x22, 0x5D])) == .undecodable)
    }

    @Test("A refusal keeps the lab's words") func refusal() {
        #expect(EventFrame(Data(#"{"error": "not allowed"}"#.utf8)) == .refusal("not allowed"))
    }

    @Test(
        "The stream is on the API's origin unless an operator says otherwise",
        arguments: [
            ("http://lab.example", nil, "lab.example", 80, false, "/ws/", "lab.example"),
            ("https://lab.example/api/v0.2/", nil, "lab.example", 443, true, "/ws/", "lab.example"),
            ("https://lab.example:8443", nil, "lab.example", 8443, true, "/ws/", "lab.example:8443"),
            ("https://lab.example", "ws://other:8001", "other", 8001, false, "/ws/", "other:8001"),
            ("https://lab.example", "wss://u:p@[::1]:1/events/?a=b", "::1", 1, true, "/events/?a=b", "[::1]:1"),
        ] as [(String, String?, String, Int, Bool, String, String)]
    )
    func address(
        url: String,
        events: String?,
        host: String,
        port: Int,
        isTLS: Bool,
        target: String,
        authority: String
    ) throws {
        let eventsURL = events.flatMap { URL(string: $0) }
        let lab = LAVALab(name: "a", url: try #require(URL(string: url)), eventsURL: eventsURL)
        let address = try EventsAddress(lab)
        #expect(address.host == host && address.port == port && address.isTLS == isTLS)
        #expect(address.target == target && address.authority == authority)
    }

    @Test("An address that is none is said to be", arguments: ["ftp://lab.example", "lab.example", "file:///ws/"])
    func wrongAddress(url: String) throws {
        let lab = LAVALab(name: "a", url: try #require(URL(string: url)))
        #expect(throws: LAVAError.self) { try EventsAddress(lab) }
    }
}

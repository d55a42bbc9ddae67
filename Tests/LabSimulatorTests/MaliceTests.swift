// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1
import Testing

@testable import LabSimulator

@Suite(.timeLimit(.minutes(10))) struct MaliceTests {
    private static let huge = "1" + String(repeating: "0", count: 30)

    /// One finished job with four cases, and whatever is made of the answers about it.
    private func withJob(_ body: @Sendable (LabUnderTest) async throws -> Void) async throws {
        try await withLab { lab in
            _ = try await lab.submit(
                "{device_type: sim, job_name: a, visibility: public, timeouts: {job: {minutes: 1}}, actions: [], metadata: {sim.run_ms: 0}}"
            )
            try await body(lab)
        }
    }

    /// What an answer is once the lab is malicious.
    private func spoilt(
        _ lab: LabUnderTest,
        _ mode: Malice,
        _ path: String,
        size: Int? = nil
    ) async throws -> LabUnderTest.Reply {
        _ = try await lab.order("DELETE", "faults")
        let size = size.map { #", "size": \#($0)"# } ?? ""
        let ordered = try await lab.order("POST", "faults", #"{"kind": "malice", "mode": "\#(mode.rawValue)"\#(size)}"#)
        #expect(ordered.status == 201)
        return try await lab.ask("GET", path)
    }

    @Test(
        "A list has another count and the same rows",
        arguments: [
            (Malice.countLowest, "-9223372036854775808"), (.countHighest, "9223372036854775807"), (.countHuge, huge),
            (.countNegative, "-1"), (.countFraction, "1.5"), (.countText, "\"many\""),
        ]
    )
    func counts(mode: Malice, count: String) async throws {
        try await withJob { lab in
            for path in ["/jobs/", "/jobs/1/tests/", "/jobs/1/suites/"] {
                let honest = try await lab.ask("GET", path).text
                let spoilt = try await spoilt(lab, mode, path).text
                #expect(spoilt == honest.replacing(#/"count":\d+/#, with: "\"count\":\(count)"))
                _ = try await lab.order("DELETE", "faults")
            }
            let version = try await spoilt(lab, mode, "/system/version/")
            #expect(version.text == #"{"version":"2023.01"}"#)
        }
    }

    @Test("A list has as many rows as are ordered, whatever was asked for") func rows() async throws {
        try await withJob { lab in
            for path in ["/jobs/?limit=10", "/jobs/1/tests/?limit=10", "/jobs/1/suites/?limit=10"] {
                for size in [0, 1, 1_000, 2_500] {
                    let reply = try await spoilt(lab, .manyRows, path, size: size)
                    #expect(reply.json?["results"]?.list?.count == size && reply.json?["count"]?.int == size, "\(path)")
                }
            }
            let long = try await spoilt(lab, .longNames, "/jobs/1/tests/", size: 10)
            #expect(long.json?["results"]?.list?.allSatisfy { $0["name"]?.text?.count ?? 0 > 500 } == true)
        }
    }

    @Test("A row has what LAVA never says") func fields() async throws {
        try await withJob { lab in
            let tests = "/jobs/1/tests/"
            let odd = try await spoilt(lab, .oddRow, tests).json?["results"]?.list
            #expect(odd?.last?["measurement"]?.int == 5 && odd?.dropLast().last?["measurement"]?.text != nil)
            let types = try await spoilt(lab, .wrongTypes, tests).json?["results"]?.list
            #expect(types?.allSatisfy { $0["name"]?.int == 7 && $0["suite"]?.text == "seven" } == true)
            let job = try await spoilt(lab, .wrongTypes, "/jobs/1/").json
            #expect(job?["state"]?.int == 7 && job?["id"]?.text == "seven")
            #expect(try await spoilt(lab, .hugeNumbers, tests).text.contains("\"suite\":\(Self.huge)"))
            #expect(try await spoilt(lab, .hugeNumbers, tests).text.contains("\"start_log_line\":\(Self.huge)"))
            #expect(try await spoilt(lab, .negativeNumbers, "/jobs/").json?["results"]?.list?.first?["id"]?.int == -1)
            let times = try await spoilt(lab, .farTimes, "/jobs/1/").json
            #expect(times?["submit_time"]?.text?.hasPrefix("0000-") == true)
            #expect(times?["end_time"]?.text?.hasPrefix("9999-") == true)
            let control = try await spoilt(lab, .controlText, tests).json?["results"]?.list
            #expect(control?.first?["name"]?.text == "validate\u{0}\u{1B}[31m\u{202E}")
            #expect(try await spoilt(lab, .deepRow, tests, size: 3).text.contains("\"metadata\":[[[]]]"))
        }
    }

    @Test("YAML is small and would be huge, or deep") func yaml() async throws {
        try await withJob { lab in
            for (mode, end) in [(Malice.aliasBomb, "*a12,*a12]\n"), (.aliasKeyBomb, "? *a13\n    : v\n")] {
                let metadata = try await spoilt(lab, mode, "/jobs/1/tests/").json?["results"]?.list?.first?["metadata"]
                #expect(metadata?.text?.hasPrefix("definition:\n") == true && metadata?.text?.hasSuffix(end) == true)
                let definition = try await spoilt(lab, mode, "/jobs/1/").json?["definition"]?.text ?? ""
                #expect(definition.contains("lava-multinode") && definition.utf8.count < 2_000)
                #expect(throws: Refusal.self) { _ = try YAMLTree.compose(definition) }
            }
            let deep = try await spoilt(lab, .deepYAML, "/jobs/1/").json?["definition"]?.text
            #expect(deep?.utf8.count ?? 0 > 100_000)
        }
    }

    @Test("A body is not what it should be") func bodies() async throws {
        try await withJob { lab in
            let honest = try await lab.ask("GET", "/jobs/1/").text
            #expect(try await spoilt(lab, .deepBody, "/jobs/1/", size: 70).text == String(repeating: "[", count: 70))
            let half = try await spoilt(lab, .halfBody, "/jobs/1/").text
            #expect(honest.hasPrefix(half) && half.utf8.count == honest.utf8.count / 2)
            let garbled = try await spoilt(lab, .garbled, "/jobs/1/").text
            let again = try await lab.ask("GET", "/jobs/1/").text
            #expect(Set([honest, garbled, again]).count == 3)
            #expect(try await spoilt(lab, .garbled, "/jobs/1/").text == garbled)
            #expect(try await spoilt(lab, .page, "/jobs/1/").contentType?.hasPrefix("text/html") == true)
            let packed = try await spoilt(lab, .gzipBomb, "/jobs/1/", size: 1_000_000)
            #expect(packed.headers.first(name: "content-encoding") == "gzip" && packed.text.utf8.count < 20_000)
            _ = try await lab.order("DELETE", "faults")
            _ = try await lab.order("POST", "faults", #"{"kind": "malice", "mode": "drip", "delay_ms": 1}"#)
            #expect(try await lab.ask("GET", "/system/version/").text == #"{"version":"2023.01"}"#)
        }
    }

    @Test("A packed body is a hundred times as large once it is unpacked") func gzip() throws {
        let body = GzipBomb.body(ofBytes: 9_000_000)
        #expect(body.count < 90_000)
        let file = FileManager.default.temporaryDirectory.appending(path: "bomb-\(UUID().uuidString).gz")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(body).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // gzip complains of the checksum when all is unpacked; the pipe has it by then.
        let command = "gzip -dc '\(file.path)' 2>/dev/null"
        process.arguments = ["-c", "\(command) | wc -c; \(command) | tr -d ' ' | wc -c"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let words = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(words == "9000073\n0\n")
    }

    @Test("An answer goes on as long as anybody listens, and a head is as long as is ordered") func streams()
        async throws
    {
        try await withJob { lab in
            for (mode, isEnough) in [("endlessBody", 4 * 1024 * 1024), ("hugeHeaders", 1024 * 1024)] {
                _ = try await lab.order("DELETE", "faults")
                _ = try await lab.order("POST", "faults", #"{"kind": "malice", "mode": "\#(mode)", "size": 1100}"#)
                let request = "GET /api/v0.2/jobs/ HTTP/1.1\r\nHost: lab\r\n\r\n"
                let connection = try await RawConnection(port: lab.port, saying: request)
                let heard = try await connection.hear("much") { bytes, _ in bytes.count > isEnough }
                #expect(String(decoding: heard.prefix(12), as: UTF8.self) == "HTTP/1.1 200")
                await connection.close()
            }
        }
    }

    @Test("A submission is taken, and its answer names what is no job") func submissions() async throws {
        let definition =
            "{device_type: sim, job_name: a, visibility: public, timeouts: {job: {minutes: 1}}, actions: []}"
        for (mode, numbers) in [
            (Malice.hugeNumbers, "[\(Self.huge)]"), (.negativeNumbers, "[-1]"), (.wrongTypes, "\"one\""),
            (.oddRow, "[[\"one\"]]"), (.farTimes, "[]"),
        ] {
            try await withLab { lab in
                let order = #"{"match": {"method": "POST"}, "kind": "malice", "mode": "\#(mode.rawValue)"}"#
                _ = try await lab.order("POST", "faults", order)
                let reply = try await lab.submit(definition)
                #expect(reply.status == 201 && reply.text.contains("\"job_ids\":\(numbers)"), "\(reply.text)")
                #expect(lab.simulator.lab.withState { $0.jobs.count } == 1)
            }
        }
    }

    @Test("A client is sent elsewhere; an order without a mode is none") func redirect() async throws {
        try await withJob { lab in
            let reply = try await spoilt(lab, .redirect, "/jobs/")
            #expect(
                reply.status == 302 && reply.headers.first(name: "location")?.hasPrefix("http://192.0.2.1/") == true
            )
            #expect(try await lab.order("POST", "faults", #"{"kind": "malice"}"#).status == 400)
        }
    }

    @Test("Every listener is told what no lab says", arguments: StreamMalice.allCases)
    func events(malice: StreamMalice) async throws {
        try await withLab { lab in
            let connection = try await RawConnection(port: lab.port, saying: RawConnection.handshake)
            let (head, _) = try await connection.frames(0)
            let order = #"{"malice": "\#(malice.rawValue)", "for_ms": 200}"#
            #expect(try await lab.order("POST", "streams", order).status == 200)
            let first: UInt8 =
                switch malice {
                case .pings: 0x89
                case .endlessFragments: 0x01
                case .binary: 0x82
                default: 0x81
                }
            let length = head.utf8.count
            let heard = try await connection.hear("a frame") { bytes, _ in bytes.count > length + 10 }
            #expect(heard.dropFirst(length).first == first)
            await connection.close()
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetQueues
import FleetStore
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import Gateway

@Suite("What a request may cost", .timeLimit(.minutes(10)))
struct ResourceTests {
    @Test("No route waits for the body of a request that nobody may make")
    func bodiesLast() async throws {
        try await TestGateway.with(["requests_per_second": "10000", "request_burst": "10000"]) { gateway in
            let table = RouteTable()
            let answers = ReplyConsumer(
                configuration: gateway.parts.broker,
                topology: gateway.parts.topology,
                logger: gateway.parts.logger
            )
            _ = GatewayRouter.make(GatewayParts(gateway.parts, answers: answers), table: table)
            let changing = table.all.filter { !$0.hasPrefix("GET ") && !$0.hasPrefix("HEAD ") }
            #expect(changing.count > 20)
            // Signing in, and an ID token, are a body and nothing to be known before it; it is a small one.
            for route in changing where !["POST /login", "POST /api/v1/token-exchange"].contains(route) {
                let parts = route.split(separator: " ").map(String.init)
                let path = parts[1].split(separator: "/").map { part in
                    part.hasPrefix("{") ? Self.filling(String(part)) : String(part)
                }
                let client = try await RawClient(port: gateway.port)
                await client.say(
                    "\(parts[0]) /\(path.joined(separator: "/")) HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{"
                )
                try await eventually("an answer to \(route)") { client.text.hasPrefix("HTTP/1.1 ") }
                let status = client.text.dropFirst(9).prefix(3)
                #expect(["303", "401", "403", "404"].contains(status), "\(route): \(client.text.prefix(200))")
                await client.close()
            }
        }
    }

    private static func filling(_ parameter: String) -> String {
        switch parameter {
        case "{group}", "{project}", "{environment}", "{version}": "g"
        case "{backend}": "lab-a"
        case "{testjob}", "{build}": "1"
        case "{name}": "t"
        default: "6f1c0000-0000-4000-8000-00000000002a"
        }
    }

    @Test("A form is read for the fields that are wanted, and of a hundred at most")
    func forms() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let type = "application/x-www-form-urlencoded"
            let path = "/api/submitjob/g/p/1/env"
            for body in [String(repeating: "a&", count: 1 << 20), String(repeating: "&", count: 1 << 20) + "a=1"] {
                let answer = try await gateway.ask(.POST, path, token: token, body, type: type)
                #expect(answer.status == 400)
            }
            // What stands between the fields costs nothing, and what is too long for any definition is not taken.
            let padded = "x=" + String(repeating: "y", count: 1 << 20) + "&backend=lab-a&definition=device_type:+sim"
            #expect(try await gateway.ask(.POST, path, token: token, padded, type: type).status == 201)
        }
    }

    @Test("JSON lines are read one by one, blank ones among them")
    func lines() throws {
        let text = "\r\n {\"build\": \"/g/p/1\"} \r\n\n\t\n{\"a\":1}\n  \n{\"b\":2}"
        let document = try LinesToJSON.convert(Array(text.utf8))
        #expect(
            String(decoding: document, as: UTF8.self)
                == "\n {\"build\": \"/g/p/1\",\"jobs\":[\n\n\n{\"a\":1},\n\n{\"b\":2}]}"
        )
        #expect(String(decoding: try LinesToJSON.convert(Array("{ }".utf8)), as: UTF8.self) == "{ \"jobs\":[]}")
        for text in ["", "\n\n", "[]", "{", "1\n2"] {
            #expect(throws: (any Error).self) { try LinesToJSON.convert(Array(text.utf8)) }
        }
    }

    @Test(
        "What is wrong with JSON lines is named by its place in them",
        arguments: [
            ("{\"build\": \"/g/p/1\"}\n{}\n  {\"a\": nul}\n{}", "line 3, column 9"),
            ("\n\n{\"build\": 1x}\n{}\n", "line 3, column 12"),
            ("{\"build\": \"/g/p/1\"}\r\n\r\n{\"a\": \"b}\r\n{}", "line 3, "),
            ("\u{FEFF}{\"build\": \"/g/p/1\"}\n\n\n\n\n]", "line 6, "),
        ]
    )
    func placesInLines(text: String, place: String) throws {
        let document = try LinesToJSON.convert(Array(text.utf8))
        let faults = #expect(throws: DocumentFaults.self) {
            try JobsetDocument.read(document, limits: DocumentLimits(), knownBackends: ["lab-a"])
        }
        #expect(faults.map { "\($0)".contains(place) } == true, "\(faults.map { "\($0)" } ?? "")")
    }

    @Test("JSON lines take as many jobs as there may be, and no more room than they need", arguments: [0, 1, 7])
    func manyLines(jobs: Int) throws {
        let text = "{\"a\":1}" + String(repeating: "\n1", count: jobs)
        let form = BodyForm.lines
        var limits = DocumentLimits()
        limits.maximumJobs = 7
        let document = try LinesToJSON.convert(Array(text.utf8), maximumJobs: 7)
        #expect(document.count <= text.utf8.count + form.growth(limits))
        #expect(document.count { $0 == 0x0A } == jobs)
        #expect(throws: DocumentFaults.self) {
            try LinesToJSON.convert(Array((text + String(repeating: "\n1", count: 8)).utf8), maximumJobs: 7)
        }
    }

    @Test("So many bytes are held at once, and not all of them by one caller; what has no room is told to come again")
    func budget() async throws {
        let budget = ByteBudget(100, forOne: 60)
        do {
            let (one, other) = (budget.open(for: "a"), budget.open(for: "a"))
            #expect(one.take(40) && !other.take(21) && other.take(20))
            let third = budget.open(for: "b")
            #expect(third.take(40) && !third.take(1))
            #expect(budget.count == 100)
            withExtendedLifetime((one, other, third)) {}
        }
        #expect(budget.count == 0)
        let settings = ["maximum_body_bytes": "1048576"]
        try await TestGateway.with(
            settings,
            ingest: ["maximum_document_bytes": "1048576", "maximum_definition_bytes": "4096"]
        ) {
            gateway in
            let (token, other) = (try await gateway.token(), try await gateway.token())
            let request =
                "POST /api/v1/jobsets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer \(token)\r\nContent-Length: 1048576\r\n\r\n"
                + String(repeating: " ", count: 1 << 20 - 1)
            var client = try await RawClient(port: gateway.port)
            await client.say(request)
            let document = TestGateway.document()
            try await eventually("the room to be taken") {
                let answer = try await gateway.ask(.POST, "/api/v1/jobsets", token: other, document)
                if answer.status == 503 {
                    #expect(answer.headers.first(name: "Retry-After") != nil)
                    return true
                }
                // It came while the other's document had some of the room, and was refused itself.
                if client.isClosed {
                    client = try await RawClient(port: gateway.port)
                    await client.say(request)
                }
                return false
            }
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets", token: other).status == 200)
            await client.close()
            try await eventually("the room to be free again") {
                try await gateway.ask(.POST, "/api/v1/jobsets", token: other, document).status == 202
            }
        }
    }

    @Test("A client that leaves while it sends, or while it is worked for, is no failure of the gateway's")
    func leaving() async throws {
        let log = RecordedLog()
        try await TestGateway.with(logger: log.logger) { gateway in
            let token = try await gateway.token()
            let head = "Host: x\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
            let id = try await gateway.submit(TestGateway.document(), token: token)
            for request in [
                "POST /api/v1/jobsets HTTP/1.1\r\n\(head)Content-Length: 100000\r\n\r\n{",
                "POST /api/v1/jobsets HTTP/1.1\r\n\(head)Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
                "POST /api/v1/jobsets HTTP/1.1\r\n\(head)Transfer-Encoding: chunked\r\n\r\n5\r\nabcdefgh\r\n",
                "POST /api/v1/jobsets/\(id)/cancel HTTP/1.1\r\n\(head)Content-Length: 1000\r\n\r\n{",
                "GET /api/v1/jobsets/\(id)?wait=60 HTTP/1.1\r\n\(head)\r\n",
            ] {
                for _ in 0..<5 {
                    let client = try await RawClient(port: gateway.port)
                    await client.say(request)
                    await client.close()
                }
            }
            // Whoever is served after them has been served when they have.
            try await eventually("the log to tell of nothing more") {
                _ = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)", token: token)
                return try await gateway.parts.store.jobset(id: try #require(UUID(uuidString: id)))?.state == .running
            }
            #expect(!log.text.contains("a request failed"), "\(log.text)")
        }
    }

    @Test(
        "An answer to HEAD has no body, whatever it says",
        arguments: ["/logout", "/nothing", "/api/v1/nothing", "/"]
    )
    func head(path: String) async throws {
        try await TestGateway.with { gateway in
            let client = try await RawClient(port: gateway.port)
            // Two on one connection: a body would stand before the second answer.
            await client.say("HEAD \(path) HTTP/1.1\r\nHost: x\r\n\r\nHEAD \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
            try await eventually("two answers") { client.text.components(separatedBy: "HTTP/1.1 ").count > 2 }
            let answers = client.text.components(separatedBy: "\r\n\r\n")
            #expect(answers.count == 3 && answers[2].isEmpty, "\(client.text)")
            #expect(answers[1].hasPrefix("HTTP/1.1 "), "\(client.text)")
            await client.close()
        }
    }

    @Test("A request names one host", arguments: ["", "Host: x\r\nHost: y\r\n", "Host: x\r\nHost: x\r\n"])
    func hosts(lines: String) async throws {
        try await TestGateway.with { gateway in
            for path in ["/api/v1/openapi.json", "/nothing", "/login"] {
                let client = try await RawClient(port: gateway.port)
                await client.say("GET \(path) HTTP/1.1\r\n\(lines)\r\n")
                try await eventually("an answer") { client.text.contains("\r\n\r\n") }
                #expect(client.text.hasPrefix("HTTP/1.1 400"), "\(client.text)")
                await client.close()
            }
        }
    }

    @Test("A definition with more secrets than are masked is not shown, and one that is has none of them")
    func secrets() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            for (count, status) in [(500, 200), (27_000, 409)] {
                let secrets = (0..<count).map { "\\n  k\($0): hunter\($0)x" }.joined()
                let definition = "job_name: x\\nsecrets:\(secrets)"
                let document = TestGateway.document("/g/p/\(count)", definition: definition)
                let id = try await gateway.submit(document, token: token)
                let answer = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)/jobs/0/definition", token: token)
                #expect(answer.status == status)
                #expect(!answer.text.contains("hunter"))
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import Logging
import NIOSSL
import TestSupport
import Testing

@testable import LAVA
@testable import LabSimulator

@Suite(.timeLimit(.minutes(10))) struct LabTLSTests {
    /// A certificate of a lab, and what is to come of it.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var name = "IP:127.0.0.1"
        var days = 2
        var knowsAuthority = true
        /// What the error must say; nil if the lab is to be trusted.
        var words: String?
    }

    static let cases = [
        Case(testDescription: "from the lab's own authority"),
        Case(testDescription: "from an unknown authority", knowsAuthority: false, words: "no authority known to this"),
        Case(testDescription: "that has expired", days: -1, words: "the certificate has expired, on 20"),
        Case(testDescription: "for another name", name: "IP:192.0.2.1", words: "is for another name than 127.0.0.1"),
    ]

    @Test("The event stream takes a certificate, or says why not", arguments: cases)
    func events(_ certificate: Case) async throws {
        try await TestCertificates.with { certificates in
            let context = try certificates.context(certificates.issue(for: certificate.name, days: certificate.days))
            let script = Scripted.accepted(Scripted.text(Scripted.event(5, "Finished")), Scripted.frame(8, [3, 232]))
            try await withScriptedServer(tls: context, script: script) { server, lab in
                var lab = lab
                (lab.user, lab.token) = ("me", LAVAToken("secret"))
                if certificate.knowsAuthority { lab.authorityFile = certificates.authority }
                let stream = LAVAEventStream(lab: lab, logger: Logger(label: "test"))
                guard let words = certificate.words else {
                    let jobs = try await stream.withEvents { events in
                        var jobs: [Int] = []
                        for try await case .job(let event) in events { jobs.append(event.job) }
                        return jobs
                    }
                    #expect(jobs == [5])
                    return
                }
                let error = await #expect(throws: LAVAError.self) { try await stream.withEvents { _ in } }
                expect(error, says: words)
                // Nothing was said to whom we do not trust.
                #expect(server.request.isEmpty)
            }
        }
    }

    @Test("REST takes a certificate, or says why not, and leaves no doubt of a submission", arguments: cases)
    func rest(_ certificate: Case) async throws {
        try await TestCertificates.with { certificates in
            let context = try certificates.context(certificates.issue(for: certificate.name, days: certificate.days))
            let script = Scripted.answer("200 OK", "application/json", #"{"version": "2023.01"}"#)
            try await withScriptedServer(tls: context, script: script) { server, lab in
                var lab = lab
                lab.token = LAVAToken("secret")
                if certificate.knowsAuthority { lab.authorityFile = certificates.authority }
                try await withClient(lab) { client in
                    guard let words = certificate.words else {
                        let version = try await client.version()
                        #expect(version == "2023.01")
                        return
                    }
                    let error = await #expect(throws: LAVAError.self) {
                        try await client.submit(definition: "job_name: a", tag: UUID())
                    }
                    expect(error, says: words)
                    #expect(error?.requestMayHaveBeenProcessed == false)
                    #expect(server.request.isEmpty)
                }
            }
        }
    }

    @Test("An authority of the lab's replaces the system's: another does not vouch for it") func otherAuthority()
        async throws
    {
        try await TestCertificates.with { certificates in
            let context = try certificates.context(certificates.issue())
            try await TestCertificates.with { others in
                try await withScriptedServer(tls: context, script: nil) { _, lab in
                    var lab = lab
                    lab.authorityFile = others.authority
                    try await withClient(lab) { client in
                        let error = await #expect(throws: LAVAError.self) { try await client.version() }
                        expect(error, says: "no authority in \(others.authority) vouches")
                    }
                }
            }
        }
    }

    @Test("A whole lab over TLS: jobs, results and events on one port") func whole() async throws {
        try await TestCertificates.with { certificates in
            let files = try certificates.issue()
            let authority = certificates.authority
            try await withLab({ $0.tls = .init(certificate: files.certificate, key: files.key) }) { simulated in
                var lab = simulated.client.lab
                lab.url = try #require(URL(string: "https://127.0.0.1:\(simulated.port)"))
                lab.authorityFile = authority
                let stream = LAVAEventStream(lab: lab, logger: Logger(label: "test"))
                try await withClient(lab) { client in
                    let finished = try await stream.withEvents { events -> Int? in
                        for try await event in events {
                            switch event {
                            case .connected:
                                _ = try await client.submit(definition: SimulatedLab.definition(), tag: UUID())
                            case .job(let event) where event.state == .finished: return event.job
                            default: continue
                            }
                        }
                        return nil
                    }
                    #expect(finished == 1)
                    let reason = try await client.jobCase(job: 1)
                    #expect(reason?.result == .pass)
                }
            }
        }
    }

    @Test("A lab that speaks no TLS is told apart") func plain() async throws {
        try await withLab { simulated in
            var lab = simulated.client.lab
            lab.url = try #require(URL(string: "https://127.0.0.1:\(simulated.port)"))
            try await withClient(lab) { client in
                let error = await #expect(throws: LAVAError.self) { try await client.version() }
                expect(error, says: "does not speak TLS")
            }
        }
    }

    @Test("A file of authorities that is missing or holds none is said at once", arguments: [true, false])
    func unreadable(isThere: Bool) async throws {
        try await TestCertificates.with { certificates in
            let file = certificates.file("none.pem")
            if isThere { try "nothing\n".write(toFile: file, atomically: true, encoding: .utf8) }
            let url = try #require(URL(string: "https://lab.example"))
            let lab = LAVALab(name: "a", url: url, authorityFile: file)
            let error = #expect(throws: LAVAError.self) { try LAVAClient.makeHTTPClient(for: [lab]) }
            expect(error, says: "TLS: \(file) \(isThere ? "contains no certificate" : "can't be read")")
            let stream = LAVAEventStream(lab: lab, logger: Logger(label: "test"))
            let streamError = await #expect(throws: LAVAError.self) { try await stream.withEvents { _ in } }
            expect(streamError, says: file)
        }
    }

    private func expect(_ error: LAVAError?, says words: String) {
        #expect(error?.description.contains(words) == true, "\(error.map(String.init(describing:)) ?? "no error")")
    }

    private func withClient(_ lab: LAVALab, _ body: (LAVAClient) async throws -> Void) async throws {
        let httpClient = try LAVAClient.makeHTTPClient(for: [lab])
        let client = LAVAClient(lab: lab, httpClient: httpClient, logger: Logger(label: "test"))
        let result: Result<Void, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        try await httpClient.shutdown()
        try result.get()
    }
}

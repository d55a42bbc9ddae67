// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import NIOSSL
import Testing

@testable import LAVA

@Suite(.timeLimit(.minutes(2))) struct EventsTLSTests {
    /// A certificate of its own for 127.0.0.1, made for this run.
    private static func certificate(_ folder: URL, address: String) throws -> (certificate: String, key: String) {
        let (certificate, key) = (folder.appending(path: "c.pem").path, folder.appending(path: "k.pem").path)
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=lab", "-addext", "subjectAltName=IP:\(address)", "-keyout", key, "-out", certificate,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        guard openssl.terminationStatus == 0 else { throw NeverHappened(what: "openssl made a certificate") }
        return (certificate, key)
    }

    @Test(
        "A lab's certificate is verified: by whom, and for which address",
        arguments: [("127.0.0.1", true, true), ("127.0.0.1", false, false), ("192.0.2.1", true, false)]
    )
    func verification(address: String, isTrusted: Bool, isAccepted: Bool) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "events-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try Self.certificate(folder, address: address)
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: files.key, format: .pem))
            )
        )
        let script = Scripted.accepted(Scripted.text(Scripted.event(5, "Finished")), Scripted.frame(8, [3, 232]))
        try await withScriptedServer(tls: context, script: script) { server, lab in
            var lab = lab
            (lab.user, lab.token) = ("me", LAVAToken("secret"))
            var stream = LAVAEventStream(lab: lab, logger: Logger(label: "test"))
            if isTrusted { stream.trustRoots = .certificates(chain) }
            if isAccepted {
                let jobs = try await stream.withEvents { events in
                    var jobs: [Int] = []
                    for try await case .job(let event) in events { jobs.append(event.job) }
                    return jobs
                }
                #expect(jobs == [5])
            } else {
                await #expect(throws: LAVAError.self) { try await stream.withEvents { _ in } }
                // Nothing was said to whom we do not trust.
                #expect(server.request.isEmpty)
            }
        }
    }
}

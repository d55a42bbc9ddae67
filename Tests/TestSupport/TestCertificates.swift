// SPDX-License-Identifier: Apache-2.0

import Foundation
package import NIOSSL

/// A private authority and certificates that it vouches for, made by openssl in a folder of their own.
package struct TestCertificates {
    private let folder: URL

    /// The authority's certificate.
    package var authority: String { file("authority.pem") }

    /// Makes the authority, lends it, and throws it away.
    package static func with<Value>(_ body: (TestCertificates) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "authority-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificates = TestCertificates(folder: folder)
        try certificates.openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=A private authority",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
            "-keyout",
            certificates.file("authority-key.pem"),
            "-out",
            certificates.authority
        )
        return try await body(certificates)
    }

    /// A certificate of a server.
    ///
    /// - Parameters:
    ///   - name: Such as `IP:127.0.0.1`.
    ///   - days: How long it is good for from now; negative for one that was.
    package func issue(for name: String = "IP:127.0.0.1", days: Int = 2) throws -> (certificate: String, key: String) {
        let stem = UUID().uuidString
        let (certificate, key) = (file("\(stem).pem"), file("\(stem)-key.pem"))
        let (request, extensions) = (file("\(stem).csr"), file("\(stem).ext"))
        try openssl(
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=lab",
            "-keyout",
            key,
            "-out",
            request
        )
        try "subjectAltName=\(name)\nextendedKeyUsage=serverAuth\n"
            .write(toFile: extensions, atomically: true, encoding: .utf8)
        try openssl(
            "x509",
            "-req",
            "-in",
            request,
            "-CA",
            authority,
            "-CAkey",
            file("authority-key.pem"),
            "-CAcreateserial",
            "-days",
            "\(days)",
            "-extfile",
            extensions,
            "-out",
            certificate
        )
        return (certificate, key)
    }

    /// A server's side with a certificate.
    package func context(_ files: (certificate: String, key: String)) throws -> NIOSSLContext {
        try NIOSSLContext(configuration: serverConfiguration(files))
    }

    /// A server's settings with a certificate.
    package func serverConfiguration(_ files: (certificate: String, key: String)) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
        return .makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem))
        )
    }

    /// A path in the folder.
    package func file(_ name: String) -> String { folder.appending(path: name).path }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw OpenSSLFailed(arguments: arguments) }
    }
}

/// It made no certificate.
private struct OpenSSLFailed: Error {
    let arguments: [String]
}

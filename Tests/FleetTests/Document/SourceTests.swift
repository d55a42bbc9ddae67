// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Fleet

@Suite("The source of a build in a document")
struct SourceTests {
    private static let hash = String(repeating: "0123456789", count: 4)

    private static func read(_ source: String) throws -> JobsetDocument {
        let body = Array(#"{"build": "/g/p/1", "source": \#(source), "jobs": []}"#.utf8)
        return try JobsetDocument.read(body, knownBackends: [])
    }

    @Test("Each key is read, stored as it is, and makes another document")
    func taken() throws {
        let values = [
            "tree": "linux-next", "git_url": "https://git.example.org/linux.git", "branch": "master",
            "commit": Self.hash,
            "describe": "next-20261126", "patchset_hash": Self.hash + String(repeating: "0", count: 24),
            "architecture": "arm64", "config": "defconfig",
            "compiler": "gcc 13.2",
        ]
        let none = try Self.read("{}")
        #expect(none.source == nil)
        #expect(none.digest == JobsetDocument(build: try #require(Build("/g/p/1")), jobs: []).digest)
        var digests: Set<[UInt8]> = [none.digest]
        for (key, value) in values {
            let document = try Self.read(#"{"\#(key)": "\#(value)"}"#)
            let stored = try JSONSerialization.jsonObject(with: JSONEncoder().encode(document.source))
            #expect(stored as? [String: String] == [key: value])
            #expect(digests.insert(document.digest).inserted)
        }
        #expect(Set(values.keys) == Set(KnownKeys.source.supported))
    }

    @Test(
        "What can't be a value is named with its place",
        arguments: [
            ("commit", "0123abc"), ("commit", "HEAD"), ("patchset_hash", "x"), ("git_url", "git.example.org"),
            ("git_url", "https://user:word@git.example.org/linux.git"), ("git_url", "file:///etc/passwd"),
            ("git_url", "https://git.example.org/?token=1"), ("architecture", "ARM 64"), ("branch", " master"),
            ("tree", "a\\nb"), ("describe", ""), ("compiler", "\\u001b[2J"),
            ("config", String(repeating: "x", count: 251)),
        ]
    )
    func wrong(key: String, value: String) throws {
        let faults = #expect(throws: DocumentFaults.self) { try Self.read(#"{"\#(key)": "\#(value)"}"#) }
        #expect(faults?.faults.map(\.pointer) == ["/source/\(key)"])
    }
}

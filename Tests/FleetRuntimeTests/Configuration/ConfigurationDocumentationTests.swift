// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Foundation
import Testing

@Suite("docs/configuration.md and muster.example.yaml")
struct ConfigurationDocumentationTests {
    @Test("The page has exactly the keys of the code, with their types and defaults")
    func page() throws {
        let page = try text(of: "docs/configuration.md")
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        #expect(rows == ConfigurationKey.all.map(\.documentationRow))
    }

    @Test("The page lists the keys that no reload changes")
    func fixedKeys() throws {
        let page = try text(of: "docs/configuration.md")
        let rest = try #require(page.range(of: "\n## Reload\n").map { page[$0.upperBound...] })
        let section = rest.range(of: "\n## ").map { rest[..<$0.lowerBound] } ?? rest
        let listed = section.split(separator: "\n").compactMap { line in
            line.wholeMatch(of: /- `([a-z_.]+)`/).map { String($0.1) }
        }
        #expect(listed == FleetConfiguration.fixedKeys)
        #expect(Set(listed).isSubset(of: ConfigurationKey.all.map(\.path)))
    }

    @Test("The example loads, and every one of its lines that is commented out would too")
    func example() throws {
        let example = try text(of: "muster.example.yaml")
        let environment = ["MUSTER_BACKENDS_LAB_A_TOKEN": "x"]
        _ = try FleetConfiguration.load(text: example, environment: environment)
        let lines = example.replacing("#- ", with: "")
        let configuration = try FleetConfiguration.load(text: lines, environment: environment)
        #expect(configuration.metrics.listen != nil)
    }

    /// A file of the checkout, which this file knows its way to.
    private func text(of path: String) throws -> String {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appending(path: path).path), folder.path.count > 1 {
            folder.deleteLastPathComponent()
        }
        return try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }
}

// SPDX-License-Identifier: Apache-2.0

import FleetAssembly
import FleetRuntime
import Foundation
import Testing

@Suite("docs/metrics.md")
struct MetricsDocumentationTests {
    @Test("The page has exactly the metrics of the code, with their labels, workers and meaning")
    func page() throws {
        let page = try text(of: "docs/metrics.md")
        let table = try #require(page.split(separator: "## All metrics").last)
        let rows = table.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        #expect(rows == MetricDescription.all.map(\.documentationRow))
        let known = Set(MetricDescription.all.map(\.name))
        let named = page.matches(of: /\b(?:muster|process)_[a-z_]+/).map { String($0.output) }
        #expect(Set(named) == known)
    }

    @Test("No metric is counted by a name that stands at the call")
    func names() throws {
        let sources = root.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            count += 1
            #expect(!text.contains(/\b(Counter|Gauge|Meter|Recorder|Timer)\(\s*label: "/), "\(file.path)")
        }
        #expect(count > 300)
    }

    /// The checkout, which this file knows its way to.
    private var root: URL {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path),
            folder.path.count > 1
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }

    private func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}

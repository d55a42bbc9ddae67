// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import TestSupport
import Testing

/// A fleet whose lab is only reached through an HTTP proxy.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ProxiedLabTests {
    @Test("a jobset runs through the proxy by polls alone, and no log has the proxy's password")
    func passing() async throws {
        try await TestHTTPProxy.with(.wants("me:geheim")) { proxy in
            let settings: TestFleet.Settings = [
                "backend": ["proxy": "http://me:geheim@127.0.0.1:\(proxy.port)"], "log": ["level": "debug"],
            ]
            try await TestFleet.with(settings: settings) { fleet in
                try fleet.startAll()
                let definition = TestFleet.definition(["sim.pass": "2"])
                let id = try await fleet.publish(try fleet.document([definition, definition]))
                let jobset = try await fleet.waitUntilFinished(id)
                #expect(jobset.verdict == .passed)
                try await fleet.waitForCallback(of: id)
                try await fleet.expectExactlyOnce([id])
                #expect(proxy.heard.components(separatedBy: "POST /api/v0.2/jobs/ HTTP/1.1").count == 3)
                // The callback went to its receiver directly.
                let lab = try fleet.address(of: "lab-a").url.replacing("http://", with: "")
                #expect(Set(proxy.requests) == ["CONNECT \(lab)"])
                let files = try FileManager.default.contentsOfDirectory(
                    at: fleet.folder,
                    includingPropertiesForKeys: nil
                )
                let logs = try files.filter { $0.pathExtension == "log" }.map {
                    try String(contentsOf: $0, encoding: .utf8)
                }
                #expect(logs.count >= 4 && !logs.contains { $0.contains("geheim") })
            }
        }
    }
}

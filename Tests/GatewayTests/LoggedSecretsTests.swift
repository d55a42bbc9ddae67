// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("What is logged")
struct LoggedSecretsTests {
    @Test("No token is in the log, good or bad, however it is sent, nor a definition's secret or a callback's address")
    func secrets() async throws {
        let log = RecordedLog()
        try await TestGateway.with(logger: log.logger) { gateway in
            let good = try await gateway.token()
            let bad = TokenText.make()
            let definition = #"secrets:\n  key: hunter2000\njob_name: x"#
            let document = TestGateway.document(
                more: #", "callback_url": "https://hooks.example.org/?token=topsecret""#,
                definition: definition
            )
            let id = try await gateway.submit(document, token: good)
            for token in [good, bad] {
                for headers in [["Authorization": "Token \(token)"], ["Auth-Token": token], ["Authorization": token]] {
                    for path in ["/api/v1/jobsets/\(id)", "/api/v1/nowhere", "/api/testjobs/1/", "/jobsets/\(id)"] {
                        _ = try await gateway.ask(.GET, path, headers: headers)
                        _ = try await gateway.ask(.POST, path, "{", headers: headers)
                    }
                }
                _ = try await gateway.ask(.GET, "/api/v1/jobsets?token=\(token)")
                var browser = Browser(gateway)
                _ = try await browser.post("/login", ["token": token, "next": "/"])
                browser.cookie = "muster=\(token); muster_session=\(token)"
                _ = try await browser.get("/")
            }
            // A database that is gone makes for errors that quote what they can.
            try await gateway.store.client.execute("alter table token rename to hidden")
            _ = try await gateway.ask(.GET, "/api/v1/jobsets", token: good)
            try await gateway.store.client.execute("alter table hidden rename to token")
            let text = log.text
            #expect(!text.isEmpty, "something is logged at all")
            for secret in [good, bad, "hunter2000", "topsecret"] {
                #expect(!text.contains(secret), "\(secret.prefix(12)) is in the log")
            }
        }
    }
}

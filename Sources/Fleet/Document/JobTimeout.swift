// SPDX-License-Identifier: Apache-2.0

/// How long each attempt of a job may take in its lab, in seconds: `timeout` of a job in a document. What it does not
/// say is as its lab is configured.
package struct JobTimeout: Sendable, Hashable, Codable {
    /// From the submission to the start.
    package var queued: Int?
    /// From the start on.
    package var running: Int?

    package init(queued: Int? = nil, running: Int? = nil) {
        self.queued = queued
        self.running = running
    }

    /// It for people.
    package var words: String {
        [queued.map { "queued \($0) s" }, running.map { "running \($0) s" }].compactMap(\.self).joined(separator: ", ")
    }

    /// It in one text, for a digest.
    var described: String { "\(queued ?? 0) \(running ?? 0)" }
}

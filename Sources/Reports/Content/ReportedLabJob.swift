// SPDX-License-Identifier: Apache-2.0

/// A lab job, and where to look at it.
package struct ReportedLabJob: Sendable, Equatable {
    /// LAVA's own number.
    package var number: Int
    /// The part it plays in a multinode group.
    package var role: String?
    /// LAVA's health, such as `Complete`.
    package var health: String?
    /// The board it ran on.
    package var device: String?
    /// Its page in the lab; `nil` for a lab that is no longer configured.
    package var url: String?
    /// How many of its test cases were more than are kept.
    package var resultsLeftOut: Int

    /// A lab job as given.
    package init(
        number: Int,
        role: String? = nil,
        health: String?,
        device: String?,
        url: String?,
        resultsLeftOut: Int = 0
    ) {
        self.number = number
        self.role = role
        self.resultsLeftOut = resultsLeftOut
        self.health = health
        self.device = device
        self.url = url
    }

    /// The page of lab job `number` in the lab whose web server has its root at `labURL`: LAVA's `scheduler/job/…`.
    ///
    /// - Parameter line: A line of its log to lead to, as LAVA gives it with a test case. LAVA counts these from 0
    ///   (`YAMLLogger.marker` in `lava_common/log.py`), and so does its page, whose lines have the ids `L0`, `L1` …
    ///   (`lava_scheduler_app/templates/lava_scheduler_app/job.html`, both of 2023.01). One below 0 is no line.
    package static func page(of number: Int, labURL: String, line: Int? = nil) -> String {
        var root = Substring(labURL)
        while root.hasSuffix("/") { root = root.dropLast() }
        return "\(root)/scheduler/job/\(number)" + (line.flatMap { $0 < 0 ? nil : "#L\($0)" } ?? "")
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The forms in which a report is kept.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// For people.
    case text
    /// For programs.
    case json
    /// For a browser or a mail.
    case html
    /// For a CI server.
    case junit
}

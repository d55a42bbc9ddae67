// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The shape of what goes to standard output.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// For people, or tab-separated where no person looks.
    case text
    /// For programs: keys stay the same from version to version.
    case json
}

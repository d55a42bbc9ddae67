// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

/// SQUAD knows no token that may submit and not look.
extension Caller {
    /// The projects whose builds it may look at: those that it may read of or submit to.
    var seen: [ProjectScope] { readable + permissions.projects(for: .submit) }

    /// Whether it may look at a build.
    func maySee(_ build: Build) -> Bool { seen.contains { $0.covers(group: build.group, project: build.project) } }

    /// Whether it has no token.
    var isAnonymous: Bool { tokenID == nil }
}

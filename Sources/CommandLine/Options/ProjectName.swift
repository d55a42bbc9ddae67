// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// One project: `group/project`.
struct ProjectName: ExpressibleByArgument, CustomStringConvertible, Sendable {
    let group: String
    let project: String

    init?(argument: String) {
        guard case .project(let group, let project) = ProjectScope(argument) else { return nil }
        (self.group, self.project) = (group, project)
    }

    var description: String { "\(group)/\(project)" }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

extension Caller {
    /// Whether it may pause labs and have dead letters handled again: these concern every project.
    var mayOperate: Bool { may(inAllProjects: .operate) }
    /// Whether it may see what keeps the fleet going: it shows something of every project.
    var maySeeOperations: Bool { mayOperate || may(inAllProjects: .read) }

    /// Whether its token is for all projects with this ability; what anybody may is not enough.
    private func may(inAllProjects ability: Ability) -> Bool {
        guard case .token(let token, _) = self else { return false }
        return Permissions(token.grants).projects(for: ability).contains(.all)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

extension Caller {
    /// Whether it may pause labs and have dead letters handled again: these concern every project.
    var mayOperate: Bool { isForAll && has(.operate) }
    /// Whether it may see what keeps the fleet going: it shows something of every project.
    var maySeeOperations: Bool { isForAll && (has(.operate) || has(.read)) }

    private var isForAll: Bool {
        guard case .token(let token, _) = self else { return false }
        return token.projects.contains(.all)
    }

    private func has(_ ability: Ability) -> Bool { tokenName != nil && abilities.contains(ability) }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
package import Fleet

extension ProjectScope: ExpressibleByArgument {
    /// `group/project`, `group/*` or `*`.
    package init?(argument: String) {
        self.init(argument)
    }
}

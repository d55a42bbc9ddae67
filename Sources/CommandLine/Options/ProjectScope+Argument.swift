// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Fleet

extension ProjectScope: ExpressibleByArgument {
    /// `group/project`, `group/*` or `*`.
    public init?(argument: String) {
        self.init(argument)
    }
}

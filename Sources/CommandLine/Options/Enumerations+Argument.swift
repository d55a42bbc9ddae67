// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Fleet

extension JobsetState: @retroactive ExpressibleByArgument {}
extension JobState: @retroactive ExpressibleByArgument {}
extension ResultStatus: @retroactive ExpressibleByArgument {}

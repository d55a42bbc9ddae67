// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Fleet

extension JobsetState: ExpressibleByArgument {}
extension JobState: ExpressibleByArgument {}
extension ResultStatus: ExpressibleByArgument {}

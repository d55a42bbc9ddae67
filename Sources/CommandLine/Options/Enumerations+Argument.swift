// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
package import Fleet

extension JobsetState: ExpressibleByArgument {}
extension JobState: ExpressibleByArgument {}
extension ResultStatus: ExpressibleByArgument {}
extension Verdict: ExpressibleByArgument {}

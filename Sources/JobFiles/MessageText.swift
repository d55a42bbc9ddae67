// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation

/// Messages put together from parts of a file, each as it stands there.
package enum MessageText {
    /// An object of these members.
    package static func object(_ members: [SplitMember]) -> [UInt8] { JSONParts.object(members.map(\.text)) }

    /// The jobset's document, with these jobs; it is left open for `declaredTotal` jobs if that is given.
    package static func jobset(_ members: [SplitMember], jobs: [UInt8], declaredTotal: Int? = nil) -> [UInt8] {
        let replaced: Set<String> = declaredTotal == nil ? [] : ["open", "total"]
        var parts = members.filter { !replaced.contains($0.key) }.map(\.text)
        if let declaredTotal { parts += [JSONParts.member("open", Array("true".utf8)), total(declaredTotal)] }
        if !members.contains(where: { $0.key == "jobs" }) { parts.append(self.jobs(jobs)) }
        return JSONParts.object(parts)
    }

    /// An addition of these jobs.
    package static func addition(to jobset: UUID, jobs: [UInt8]) -> [UInt8] {
        JSONParts.object([self.jobset(jobset), self.jobs(jobs)])
    }

    /// An addition of these jobs, to whichever jobset it is sent to.
    package static func addition(jobs: [UInt8]) -> [UInt8] { JSONParts.object([self.jobs(jobs)]) }

    /// The declaration of how many jobs an open jobset will have.
    package static func declaration(of total: Int, for jobset: UUID) -> [UInt8] {
        JSONParts.object([self.jobset(jobset), self.total(total)])
    }

    /// A document that only serves to have its jobs looked at.
    static func sample(jobs: [UInt8]) -> [UInt8] {
        JSONParts.object([JSONParts.member("build", JSONParts.string("/check/check/1")), self.jobs(jobs)])
    }

    private static func jobs(_ jobs: [UInt8]) -> [UInt8] { JSONParts.member("jobs", JSONParts.array(jobs)) }

    private static func jobset(_ id: UUID) -> [UInt8] { JSONParts.member("jobset", JSONParts.string(id.text)) }

    private static func total(_ total: Int) -> [UInt8] { JSONParts.member("total", Array("\(total)".utf8)) }
}

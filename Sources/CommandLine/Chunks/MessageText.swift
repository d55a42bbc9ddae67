// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// Messages put together from parts of a file, each as it stands there.
enum MessageText {
    /// An object of these members.
    static func object(_ members: [SplitMember]) -> [UInt8] { object(members.map(text)) }

    /// The jobset's document, with these jobs; it is left open for `declaredTotal` jobs if that is given.
    static func jobset(_ members: [SplitMember], jobs: [UInt8], declaredTotal: Int? = nil) -> [UInt8] {
        let replaced: Set<String> = declaredTotal == nil ? [] : ["open", "total"]
        var parts = members.filter { !replaced.contains($0.key) }.map(text)
        if let declaredTotal { parts.append(Array(#""open":true,"total":\#(declaredTotal)"#.utf8)) }
        if !members.contains(where: { $0.key == "jobs" }) { parts.append(member("jobs", jobs)) }
        return object(parts)
    }

    /// An addition of these jobs.
    static func addition(to jobset: UUID, jobs: [UInt8]) -> [UInt8] {
        object([Array(#""jobset":"\#(jobset.text)""#.utf8), member("jobs", jobs)])
    }

    /// An addition of these jobs, to whichever jobset it is sent to.
    static func addition(jobs: [UInt8]) -> [UInt8] { object([member("jobs", jobs)]) }

    /// The declaration of how many jobs an open jobset will have.
    static func declaration(of total: Int, for jobset: UUID) -> [UInt8] {
        object([Array(#""jobset":"\#(jobset.text)","total":\#(total)"#.utf8)])
    }

    /// A document that only serves to have its jobs looked at.
    static func sample(jobs: [UInt8]) -> [UInt8] {
        object([Array(#""build":"/check/check/1""#.utf8), member("jobs", jobs)])
    }

    private static func text(_ member: SplitMember) -> [UInt8] {
        member.keyText + [UInt8(ascii: ":")] + member.value
    }

    private static func member(_ key: String, _ elements: [UInt8]) -> [UInt8] {
        Array("\"\(key)\":[".utf8) + elements + [UInt8(ascii: "]")]
    }

    private static func object(_ parts: [[UInt8]]) -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "{")]
        text.reserveCapacity(parts.reduce(2) { $0 + $1.count + 1 })
        for (number, part) in parts.enumerated() {
            if number > 0 { text.append(UInt8(ascii: ",")) }
            text += part
        }
        text.append(UInt8(ascii: "}"))
        return text
    }
}

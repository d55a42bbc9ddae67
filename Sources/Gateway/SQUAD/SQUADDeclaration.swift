// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// What a client of SQUAD's says of a build beside its jobs.
struct SQUADDeclaration: Sendable {
    /// Who is called when it has finished, in SQUAD's fields.
    var callback: [String: String] = [:]
    /// How many jobs it will have; it is sealed once they are there.
    var total: Int?
    /// The version that it is compared with.
    var baseline: String?
    /// What else is known of it.
    var labels: [String: String] = [:]

    init() {}

    /// The declaration in the form of `createbuild`.
    ///
    /// - Throws: ``SQUADRefusal``.
    init(_ form: SQUADForm) throws(SQUADRefusal) {
        callback = try form.callback()
        if let text = try form.text("jobs"), !text.isEmpty {
            guard let number = Int(text), number >= 0 else { throw .text("jobs must be a whole number") }
            total = number
        }
        if let text = try form.text("patch_baseline"), !text.isEmpty { baseline = text }
        for name in ["patch_source", "patch_id"] {
            if let text = try form.text(name), !text.isEmpty { labels[name] = text }
        }
    }

    /// The document of an open jobset of this build, which calls `inherited` if nobody else is named.
    func document(for build: Build, inherited: CallbackRequest?) throws -> [UInt8] {
        var members: [String: JSONValue] = ["build": .text("\(build)"), "jobs": [], "open": true]
        members.merge(callback.mapValues { .text($0) }) { $1 }
        if callback.isEmpty, let inherited { members["callback"] = try JSONValue(encoding: inherited) }
        if let total { members["total"] = .number(total) }
        if let baseline { members["baseline"] = .text(baseline) }
        if !labels.isEmpty { members["labels"] = .object(labels.mapValues { .text($0) }) }
        return try GatewayJSON.encodeAsIs(members)
    }

    /// The addition that tells an open jobset of it; `nil` where there is nothing to tell. What belongs to the beginning
    /// of a jobset, baseline and labels, comes too late.
    func addition(to jobset: UUID) throws -> [UInt8]? {
        guard total != nil || !callback.isEmpty else { return nil }
        var members: [String: JSONValue] = ["jobset": .text(jobset.text)]
        members.merge(callback.mapValues { .text($0) }) { $1 }
        if let total { members["total"] = .number(total) }
        return try GatewayJSON.encodeAsIs(members)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet

/// A gateway does not do what it was asked to, for a reason that is none of the fleet's own (`FleetRefusal`), and says why.
struct ServerRefusal: Error, Equatable {
    let problem: Problem

    /// The same words as the command has for it: a reason alone where there is no more to it than that.
    var lines: [String] {
        let faults = problem.errors.map { "  \(HarmlessText.line($0.description))" }
        guard problem.status == 409 || problem.status == 404, faults.isEmpty else {
            return ["\(HarmlessText.line(problem.title)): \(HarmlessText.line(problem.detail))"] + faults
        }
        return [HarmlessText.line(reason)]
    }

    /// The sentence as the clause that it was made of.
    private var reason: String {
        let text = problem.detail.hasSuffix(".") ? String(problem.detail.dropLast()) : problem.detail
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}

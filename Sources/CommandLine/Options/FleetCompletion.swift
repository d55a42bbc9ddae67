// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Deadlines
import Fleet

/// What a shell completes with what the fleet has.
///
/// The scripts of bash pass the words to `compgen -W`, which expands them as a command line: a word with `$(…)` would run. So only
/// words of harmless characters are offered, whatever a server answers.
///
/// The fleet is the one that the command would use, as far as the line before the cursor says. If it can't be asked, or does not
/// answer soon, there is nothing to complete with: the shell does not show errors.
enum FleetCompletion {
    /// How long a person waits for a shell.
    private static let limit = Duration.seconds(2)
    /// How many jobsets are offered.
    private static let jobsets = 50

    /// The latest jobsets: their ids and their builds.
    @Sendable static func jobsets(_ words: [String], _: Int, _ prefix: String) async -> [String] {
        await asking(words) { fleet in
            var filter = JobsetFilter(limit: jobsets)
            filter.idPrefix = IDPrefix(prefix)
            let found = try await fleet.jobsets(filter)
            return found.map(\.id.text) + unique(found.map { String($0.build.drop { $0 == "/" }) })
        }
    }

    /// The projects of the latest jobsets.
    @Sendable static func projects(_ words: [String], _: Int, _: String) async -> [String] {
        await asking(words) { fleet in
            unique(
                try await fleet.jobsets(JobsetFilter(limit: jobsets)).map { jobset in
                    jobset.build.split(separator: "/").prefix(2).joined(separator: "/")
                }
            )
        }
    }

    /// The labs.
    @Sendable static func backends(_ words: [String], _: Int, _: String) async -> [String] {
        await asking(words) { fleet in try await fleet.backends().map(\.name) }
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }

    private static func asking(
        _ words: [String],
        _ body: @escaping @Sendable (any FleetConnection) async throws -> [String]
    ) async -> [String] {
        guard let options = try? ConfigurationOptions.parse(LeadingOptions.found(in: words)) else { return [] }
        let answer = try? await withDeadline(limit) { try await options.connected(body) }
        return (answer ?? nil ?? []).filter(isHarmless)
    }

    /// Whether no shell sees anything but letters in a word.
    static func isHarmless(_ word: String) -> Bool { word.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_.\/\-]*/) != nil }
}

extension CompletionKind {
    /// Jobsets of the fleet.
    static let jobsets = CompletionKind.custom(FleetCompletion.jobsets)
    /// Projects of the fleet.
    static let projects = CompletionKind.custom(FleetCompletion.projects)
    /// Labs of the fleet.
    static let backends = CompletionKind.custom(FleetCompletion.backends)
}

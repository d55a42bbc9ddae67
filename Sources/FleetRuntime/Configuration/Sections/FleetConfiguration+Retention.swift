// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension FleetConfiguration {
    /// How long what jobsets leave behind is kept: section `retention`, and of a project `projects."<group>/<project>".retention`.
    struct RetentionSection: ConfigurationSection {
        @Key("results_days", .integer(0...36_500), "how long the results of a finished jobset are kept; 0: forever")
        private var results: Int?

        @Key(
            "definitions_days",
            .integer(0...36_500),
            "how long the definitions of a finished jobset's jobs are kept, and so how long it can be retried; 0: forever"
        )
        private var definitions: Int?

        @Key("reports_days", .integer(0...36_500), "how long the reports of a finished jobset are kept; 0: forever")
        private var reports: Int?

        @Key("jobsets_days", .integer(0...36_500), "how long a finished jobset is kept with all it has; 0: forever")
        private var jobsets: Int?

        var retention: Retention {
            let days: [Retention.Part: Int?] = [
                .results: results, .definitions: definitions, .reports: reports, .jobsets: jobsets,
            ]
            return Retention(days: days.compactMapValues { $0 })
        }
    }

    /// How long what the jobsets of each project leave behind is kept.
    package var retentionRules: RetentionRules {
        RetentionRules(usual: retention.retention, projects: projects.mapValues(\.retention.retention))
    }
}

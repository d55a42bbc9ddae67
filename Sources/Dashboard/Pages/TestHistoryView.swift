// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// A test: what it said in the latest builds of its project.
package struct TestHistoryView: PageContent {
    package static let template = "testHistory"
    package var title: String { "\(suite): \(test)" }

    struct Run: Sendable {
        let href: String
        let words: String
        let tone: String
        let sign: String
    }

    struct Row: Sendable {
        let environment: String
        let failed: String
        let runs: [Run]
        /// The chart of what it measured; `nil` if it measured nothing.
        let chartHref: String?
    }

    let projectHref: String
    let project: String
    let suite: String
    let test: String
    let rows: [Row]
    let hasRows: Bool

    package init(group: String, project: String, _ history: TestHistory) {
        projectHref = PageText.projectPath(group, project)
        self.project = PageText.line("\(group)/\(project)")
        suite = PageText.line(history.suite)
        test = PageText.line(history.test)
        rows = history.environments.map { environment in
            Row(
                environment: PageText.line(environment.environment),
                failed: "\(environment.failed) of \(environment.ran)",
                runs: environment.jobsets.reversed().map(Self.run),
                chartHref: environment.jobsets.contains { $0.measurement != nil }
                    ? MetricHistoryView.path(
                        group: group,
                        project: project,
                        suite: history.suite,
                        test: history.test,
                        environment: environment.environment
                    ) : nil
            )
        }
        hasRows = !rows.isEmpty
    }

    private static func run(_ run: PastResult) -> Run {
        let badge = run.status.map { Badge($0) } ?? Badge(.none, "not run")
        return Run(
            href: "/jobsets/\(run.id.text)",
            words: "\(PageText.line(run.version)): \(badge.label)"
                + (run.measurement.map { ", \(PageText.measurement($0))" } ?? ""),
            tone: badge.tone,
            sign: badge.sign
        )
    }

    /// The address of the page of a test.
    static func path(group: String, project: String, suite: String, test: String) -> String {
        PageText.projectPath(group, project) + "/test"
            + "?suite=\(PageText.path(suite))&test=\(PageText.path(test))"
    }
}

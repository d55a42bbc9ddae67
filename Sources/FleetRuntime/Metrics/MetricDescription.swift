// SPDX-License-Identifier: Apache-2.0

/// What is said of a metric, in `docs/metrics.md` and in its `# HELP` line.
package struct MetricDescription: Sendable {
    /// The name, as Prometheus has it.
    package let name: String
    /// The names of its labels.
    package let labels: [String]
    /// The values of those of its labels that always have the same ones: their series are there from the start.
    package var values: [String: [String]] = [:]
    /// Which workers have it.
    package let workers: String
    /// What it counts or measures, as a phrase.
    package let meaning: String

    /// Says `meaning` of the metric called `name`.
    package init(name: String, labels: [String], workers: String, meaning: String) {
        self.name = name
        self.labels = labels
        self.workers = workers
        self.meaning = meaning
    }

    /// The row that the metric has in the table of `docs/metrics.md`.
    package var documentationRow: String {
        let labels = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
        return "| `\(name)\(labels)` | \(workers) | \(meaning) |"
    }

    /// The line above the metric in Prometheus's text format.
    var helpLine: String {
        "# HELP \(name) \(meaning.replacing("\\", with: "\\\\").replacing("\n", with: "\\n"))"
    }
}

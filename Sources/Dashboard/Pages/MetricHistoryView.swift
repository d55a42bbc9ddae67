// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation

/// A measurement over the builds of a project: a chart for each environment, and a table beside it.
package struct MetricHistoryView: PageContent {
    package static let template = "metricHistory"
    package var title: String { "\(suite): \(test)" }

    /// How many builds are drawn.
    package static let buildLimit = 50
    /// How many environments are drawn.
    static let chartLimit = 10
    /// How many builds the tables list where there are several.
    static let rowLimit = 8

    struct Row: Sendable {
        let href: String
        let version: String
        let value: String
        let change: String
        let badge: Badge
    }

    struct Drawing: Sendable {
        let environment: String
        let environmentHref: String
        let chart: MetricChart
        let words: String
        let rows: [Row]
        let more: String?
    }

    let projectHref: String
    let project: String
    let suite: String
    let test: String
    let historyHref: String
    let drawings: [Drawing]
    let hasDrawings: Bool
    let ofEnvironment: String?
    let allHref: String
    let remark: String?

    /// - Parameter environment: The one that is looked at alone; `nil`: all.
    package init(group: String, project: String, environment: String?, _ history: TestHistory) {
        projectHref = PageText.projectPath(group, project)
        self.project = PageText.line("\(group)/\(project)")
        suite = PageText.line(history.suite)
        test = PageText.line(history.test)
        historyHref = TestHistoryView.path(group: group, project: project, suite: history.suite, test: history.test)
        ofEnvironment = environment.map { PageText.line($0, limit: 80) }
        let path = Self.path(group: group, project: project, suite: history.suite, test: history.test)
        allHref = path
        let measured = history.environments.compactMap { environment in
            let points = environment.jobsets.compactMap(MetricPoint.init)
            return points.isEmpty ? nil : (name: environment.environment, points: points)
        }
        let rowLimit = measured.count > 1 ? Self.rowLimit : Self.buildLimit
        drawings = measured.prefix(Self.chartLimit).map { environment in
            let rows = Self.rows(environment.points)
            return Drawing(
                environment: PageText.line(environment.name, limit: 80),
                environmentHref: "\(path)&environment=\(PageText.path(environment.name))",
                chart: MetricChart(environment.points.reversed()),
                words: Self.words(environment.points),
                rows: Array(rows.prefix(rowLimit)),
                more: rows.count > rowLimit ? PageText.count(rows.count - rowLimit, "earlier build") : nil
            )
        }
        hasDrawings = !drawings.isEmpty
        let more = measured.count - drawings.count
        remark = more > 0 ? "\(PageText.count(more, "other environment")) not shown." : nil
    }

    /// `50 builds: latest 12.5, lowest 10, median 12, highest 15`.
    private static func words(_ points: [MetricPoint]) -> String {
        let values = points.map(\.value).sorted()
        guard let lowest = values.first, let highest = values.last, let latest = points.first?.value else { return "" }
        let middle = values.count / 2
        let median = values.count.isMultiple(of: 2) ? values[middle - 1] / 2 + values[middle] / 2 : values[middle]
        return "\(PageText.count(points.count, "build")): latest \(PageText.measurement(latest)),"
            + " lowest \(PageText.measurement(lowest)), median \(PageText.measurement(median)),"
            + " highest \(PageText.measurement(highest))"
    }

    /// The latest first, each with its change since the build before.
    private static func rows(_ points: [MetricPoint]) -> [Row] {
        points.enumerated().map { place, point in
            let earlier = place + 1 < points.count ? points[place + 1].value : 0
            return Row(
                href: "/jobsets/\(point.id.text)",
                version: point.version,
                value: PageText.measurement(point.value),
                change: PageText.percent(earlier == 0 ? nil : (point.value - earlier) / abs(earlier) * 100),
                badge: point.badge
            )
        }
    }

    /// The address of the page of a metric.
    static func path(
        group: String,
        project: String,
        suite: String,
        test: String,
        environment: String? = nil
    ) -> String {
        PageText.projectPath(group, project) + "/metric"
            + "?suite=\(PageText.path(suite))&test=\(PageText.path(test))"
            + (environment.map { "&environment=\(PageText.path($0))" } ?? "")
    }
}

/// What a test measured in a build.
struct MetricPoint: Sendable {
    let id: UUID
    let version: String
    let value: Double
    let badge: Badge

    /// `nil` where nothing was measured.
    init?(_ run: PastResult) {
        guard let value = run.measurement, value.isFinite else { return nil }
        (id, self.value) = (run.id, value)
        version = PageText.line(run.version, limit: 100)
        badge = run.status.map { Badge($0) } ?? Badge(.none, "not run")
    }
}

/// A line through measurements, the oldest at the left.
struct MetricChart: Sendable {
    struct Dot: Sendable {
        let dotX: String
        let dotY: String
        let dotTone: String
        let dotWords: String
    }

    /// The size of the drawing, and how far the line stays from its edges.
    private static let (width, height, margin) = (640.0, 160.0, 12.0)

    /// As the points of a polyline.
    let line: String
    let dots: [Dot]
    /// What the upper and the lower edge of the line stand for.
    let highest: String
    let lowest: String
    /// The same in words.
    let chartWords: String

    init(_ points: [MetricPoint]) {
        let values = points.map(\.value)
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        (lowest, highest) = (PageText.measurement(low), PageText.measurement(high))
        let step = (Self.width - 2 * Self.margin) / Double(max(1, points.count - 1))
        let room = Self.height - 2 * Self.margin
        // Halves, for the difference of two finite numbers may be none.
        let span = high / 2 - low / 2
        let places = points.enumerated().map { place, point in
            let share = span > 0 ? (point.value / 2 - low / 2) / span : 0.5
            return (
                x: Self.number(Self.margin + Double(place) * step),
                y: Self.number(Self.height - Self.margin - share * room)
            )
        }
        line = places.map { "\($0.x),\($0.y)" }.joined(separator: " ")
        dots = zip(points, places).map { point, place in
            Dot(
                dotX: place.x,
                dotY: place.y,
                dotTone: point.badge.tone == Tone.good.rawValue ? Tone.run.rawValue : point.badge.tone,
                dotWords: "\(point.version): \(PageText.measurement(point.value)), \(point.badge.label)"
            )
        }
        chartWords = "\(PageText.count(points.count, "build")), from \(lowest) to \(highest), the oldest at the left"
    }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// Jobs that ended in one hour.
package struct HourlyEnds: Sendable, Equatable, Decodable {
    /// Its beginning.
    package let hour: Date
    package let jobs: Int
    /// Those that ran to their end.
    package let complete: Int

    /// An hour as given.
    package init(hour: Date, jobs: Int, complete: Int) {
        (self.hour, self.jobs, self.complete) = (hour, jobs, complete)
    }
}

extension FleetStore {
    /// The jobs that ended in each of the last hours, as the view `throughput_by_hour` says it. An hour in which none ended
    /// has no entry.
    package func hourlyEnds(hours: Int) async throws -> [HourlyEnds] {
        try await query(
            """
            select hour, sum(jobs)::bigint as jobs, sum(complete)::bigint as complete
            from (\(unsafeSQL: DashboardView.throughput.select)) as ended
            where hour > now() - \(Duration.seconds(hours * 3_600)) group by hour order by hour
            """
        ).decode(HourlyEnds.self)
    }
}

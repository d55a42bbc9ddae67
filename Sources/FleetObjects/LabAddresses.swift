// SPDX-License-Identifier: Apache-2.0

package import FleetRuntime
import Reports

/// Where the labs' own pages are.
package struct LabAddresses: Sendable {
    private let urls: [String: String]

    /// The addresses of the configured labs.
    package init(_ backends: [String: FleetConfiguration.Backend]) {
        urls = backends.compactMapValues(\.url)
    }

    /// The lab's page of a job, at a line of its log where one is given; nil for a lab that is not configured any more.
    package func link(to number: Int, of backend: String, line: Int? = nil) -> String? {
        urls[backend].map { ReportedLabJob.page(of: number, labURL: $0, line: line) }
    }
}

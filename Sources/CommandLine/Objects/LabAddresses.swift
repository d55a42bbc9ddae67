// SPDX-License-Identifier: Apache-2.0

import FleetRuntime

/// Where the labs' own pages are.
struct LabAddresses: Sendable {
    private let urls: [String: String]

    /// The addresses of the configured labs.
    init(_ backends: [String: FleetConfiguration.Backend]) {
        urls = backends.mapValues { backend in
            var url = backend.url
            while url.hasSuffix("/") { url.removeLast() }
            return url
        }
    }

    /// The lab's page of a job; nil for a lab that is not configured any more.
    func link(to number: Int, of backend: String) -> String? {
        urls[backend].map { "\($0)/scheduler/job/\(number)" }
    }
}

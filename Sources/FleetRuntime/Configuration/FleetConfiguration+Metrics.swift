// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// Where health and metrics are served: section `metrics`.
    public struct Metrics: Sendable {
        /// The address to listen on, or `nil` when nothing is served (`metrics.listen`: `host:port` or `off`).
        public var listen: ListenAddress?

        init(_ values: ConfigurationValues) {
            let text = values.text("metrics.listen")
            listen = text == "off" ? nil : ListenAddress(text)
        }
    }
}

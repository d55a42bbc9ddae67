// SPDX-License-Identifier: Apache-2.0

package import HTTPExchange

extension FleetConfiguration.Project {
    /// A project's place in KernelCI's database.
    package struct KCIDB: Sendable {
        /// The name of this CI system there.
        package var origin: String
        /// The values of a board's device tree property `compatible`, by environment.
        package var compatible: [String: [String]]
        /// Where reports are sent; `nil`: nowhere.
        package var url: String?
        package var token: Secret?
        /// What requests go through; `nil`: nothing.
        package var proxy: HTTPProxy?
    }
}

extension FleetConfiguration {
    /// What the database is told of an environment: section `projects."<group>/<project>".kcidb_environments.<name>`.
    struct KCIDBEnvironment: ConfigurationSection {
        @Key(
            "compatible",
            .compatibles,
            default: [],
            "values of the root node's property compatible in the board's device tree, in order"
        )
        var compatible: [String]
    }
}

// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// What is particular to a project: section `projects."<group>/<project>"`.
    public struct Project: Sendable {
        /// Which failures of its jobs are the lab's and not the build's, besides those of all projects
        /// (`infrastructure_patterns`).
        public var infrastructurePatterns: [String]

        init(name: String, _ values: ConfigurationValues) {
            infrastructurePatterns = values.texts("projects.*.infrastructure_patterns", of: name)
        }
    }
}

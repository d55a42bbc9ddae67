// SPDX-License-Identifier: Apache-2.0

/// What the operator demands of the jobs of each project, where documents say nothing else. It is taken when jobs are
/// accepted.
package struct ProjectDemands: Sendable, Hashable {
    /// What one project demands.
    package struct Demand: Sendable, Hashable {
        /// `nil`: nobody looks for empty jobs.
        package var emptyJobs: EmptyJobs?
        package var expect: ExpectedResults

        package init(emptyJobs: EmptyJobs?, expect: ExpectedResults = ExpectedResults()) {
            self.emptyJobs = emptyJobs
            self.expect = expect
        }
    }

    private let usual: Demand
    private let projects: [String: Demand]

    /// - Parameters:
    ///   - usual: What is demanded of projects that are not named.
    ///   - projects: By `group/project`.
    package init(usual: Demand, projects: [String: Demand] = [:]) {
        self.usual = usual
        self.projects = projects
    }

    /// Nothing is demanded.
    package static let none = ProjectDemands(usual: Demand(emptyJobs: nil))

    /// What is demanded of jobs of this build.
    package func demand(of build: Build) -> Demand { projects["\(build.group)/\(build.project)"] ?? usual }
}

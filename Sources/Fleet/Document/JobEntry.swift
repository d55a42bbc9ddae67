// SPDX-License-Identifier: Apache-2.0

/// One job as a jobset document declares it.
package struct JobEntry: Sendable, Hashable {
    /// What the job tests on, in the words of the project: a board, an emulator, a configuration.
    package var environment: String
    /// The name of the lab that is to run it.
    package var backend: String
    /// The LAVA job definition, YAML, exactly as it was sent; empty of a job that its lab has already.
    package var definition: String
    /// The lab's number of a job that it has already, which is only watched; `nil` for one to be submitted.
    package var labJob: Int?
    /// What its author calls it; `nil`: as its definition says.
    package var name: String?
    /// What results it is to bring; `nil`: what its project says.
    package var expect: ExpectedResults?
    /// Which goes first of the jobs of its jobset that wait for the same lab: the higher, from 0 to 100.
    package var priority: Int
    /// How often, at most, it is tried again if its lab fails it; `nil`: as often as its jobset says.
    package var retries: Int?
    /// How long it may take in its lab; `nil`: as its lab is configured.
    package var timeout: JobTimeout?

    /// A job from its parts, unchecked.
    package init(
        environment: String,
        backend: String,
        definition: String,
        labJob: Int? = nil,
        name: String? = nil,
        expect: ExpectedResults? = nil,
        priority: Int = JobsetDocument.defaultPriority,
        retries: Int? = nil,
        timeout: JobTimeout? = nil
    ) {
        self.environment = environment
        self.backend = backend
        self.definition = definition
        self.labJob = labJob
        self.name = name
        self.expect = expect
        self.priority = priority
        self.retries = retries
        self.timeout = timeout
    }

    /// What it is called: by its author here, or in its definition; `nil` where neither says.
    package var givenName: String? { name ?? JobName.of(definition) }
}

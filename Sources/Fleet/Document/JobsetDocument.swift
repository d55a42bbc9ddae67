// SPDX-License-Identifier: Apache-2.0

/// A valid jobset document: a build, its jobs, and whom to call when the last of them has come back.
///
/// The format is in the design's section on messages; ``read(_:limits:knownBackends:)`` accepts it and nothing else.
package struct JobsetDocument: Sendable, Hashable {
    /// What the jobs test.
    package let build: Build
    /// What is called at the end, if anything.
    package let callback: CallbackRequest?
    /// The jobs in their order; none is a jobset that finishes at once.
    package let jobs: [JobEntry]
    /// Names and values of the sender's own.
    package let labels: [String: String]
    /// How often, at most, a job whose lab fails it is tried again; none of these counts against the build.
    package let retries: Int
    /// Whether more jobs will be added, so that it does not finish before it is sealed.
    package let isOpen: Bool
    /// Of an open jobset, how many jobs it will have: it is sealed once they are there.
    package let declaredTotal: Int?
    /// How long after its acceptance its deadline is; `nil` without one.
    package let timeout: Duration?
    /// How many of its jobs may fail before the rest is canceled; `nil`: all.
    package let maxFailures: FailureLimit?
    /// Which goes first where labs have less room than jobs: the higher, from 0 to 100.
    package let priority: Int
    /// What its report is compared with; `nil`: the latest that serves.
    package let baseline: BaselineName?
    /// Who is sent its report besides those that its project has; `nil`: nobody.
    package let report: ReportRequest?
    /// What becomes of jobs that complete without a result; `nil`: what its project says.
    package let emptyJobs: EmptyJobs?
    /// What the build was made of; `nil`: the document does not say.
    package let source: JobsetSource?
    /// 32 bytes of SHA-256 over what the document means.
    ///
    /// The same document in another spelling (order of keys, white space, escapes, `callback_url` or `callback`) has
    /// the same digest, any other has another.
    package let digest: [UInt8]

    /// The priority of a jobset or job that names none.
    package static let defaultPriority = 50
    /// All priorities.
    package static let priorities = 0...100

    /// A document from its parts, unchecked.
    ///
    /// - Parameter definition: The definition of the job at a place, if `jobs` have none with them.
    package init(
        build: Build,
        callback: CallbackRequest? = nil,
        jobs: [JobEntry],
        labels: [String: String] = [:],
        retries: Int = 0,
        isOpen: Bool = false,
        declaredTotal: Int? = nil,
        timeout: Duration? = nil,
        maxFailures: FailureLimit? = nil,
        priority: Int = JobsetDocument.defaultPriority,
        baseline: BaselineName? = nil,
        report: ReportRequest? = nil,
        emptyJobs: EmptyJobs? = nil,
        source: JobsetSource? = nil,
        definition: ((Int) -> String)? = nil
    ) {
        self.build = build
        self.callback = callback
        self.jobs = jobs
        self.labels = labels
        self.retries = retries
        self.isOpen = isOpen
        self.declaredTotal = declaredTotal
        self.timeout = timeout
        self.maxFailures = maxFailures
        self.priority = priority
        self.baseline = baseline
        self.report = report
        self.emptyJobs = emptyJobs
        self.source = source
        var digest = DocumentDigest(of: "muster.jobset.1")
        digest.add(build.description)
        digest.add(callback)
        digest.add(jobs, definition: definition)
        digest.add(labels)
        digest.addUnlessDefault("retries", retries > 0 ? "\(retries)" : nil)
        digest.addUnlessDefault("open", isOpen ? "true" : nil)
        digest.addUnlessDefault("total", declaredTotal.map { "\($0)" })
        digest.addUnlessDefault("timeout", timeout.map { "\($0.components.seconds)" })
        digest.addUnlessDefault("max_failures", maxFailures.map { "\($0)" })
        digest.addUnlessDefault("priority", priority != Self.defaultPriority ? "\(priority)" : nil)
        digest.addUnlessDefault("baseline", baseline.map { "\($0)" })
        digest.addUnlessDefault("report", report.map(Self.described))
        for (name, value) in report?.settings ?? [] { digest.addUnlessDefault("report.\(name)", value) }
        digest.addUnlessDefault("empty_jobs", emptyJobs?.rawValue)
        for (name, value) in source?.settings ?? [] { digest.addUnlessDefault("source.\(name)", value) }
        self.digest = digest.finish()
    }

    /// A request in one text; an address has no space in it.
    private static func described(_ report: ReportRequest) -> String {
        "\(report.junit) \(report.mail.map(\.description).joined(separator: " "))"
    }

    /// Reads a document as JSON in UTF-8, with or without a byte order mark.
    ///
    /// - Parameters:
    ///   - body: The document.
    ///   - limits: How large it may be.
    ///   - knownBackends: The labs that jobs may name.
    ///   - keepsDefinitions: Whether the jobs have their definitions with them.
    /// - Throws: ``DocumentFaults`` with everything that is wrong. Broken JSON ends the reading, so that what stands
    ///   after it is not looked at.
    package static func read(
        _ body: [UInt8],
        limits: DocumentLimits = DocumentLimits(),
        knownBackends: Set<String>,
        keepsDefinitions: Bool = true
    ) throws(DocumentFaults) -> JobsetDocument {
        switch try IncomingDocument.read(
            body,
            limits: limits,
            knownBackends: knownBackends,
            keepsDefinitions: keepsDefinitions
        ) {
        case .jobset(let document): return document
        case .addition:
            let reason = "is not a jobset: it names a jobset that its jobs are to be added to"
            throw DocumentFaults(faults: [Fault(pointer: "/jobset", reason: reason)])
        }
    }
}

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

/// How long each attempt of a job may take in its lab, in seconds: `timeout` of a job in a document. What it does not
/// say is as its lab is configured.
package struct JobTimeout: Sendable, Hashable, Codable {
    /// From the submission to the start.
    package var queued: Int?
    /// From the start on.
    package var running: Int?

    package init(queued: Int? = nil, running: Int? = nil) {
        self.queued = queued
        self.running = running
    }

    /// It for people.
    package var words: String {
        [queued.map { "queued \($0) s" }, running.map { "running \($0) s" }].compactMap(\.self).joined(separator: ", ")
    }

    /// It in one text, for a digest.
    var described: String { "\(queued ?? 0) \(running ?? 0)" }
}

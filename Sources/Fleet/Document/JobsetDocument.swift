// SPDX-License-Identifier: Apache-2.0

/// A valid jobset document: a build, its jobs, and whom to call when the last of them has come back.
///
/// The format is in the design's section on messages; ``read(_:limits:knownBackends:)`` accepts it and nothing else.
public struct JobsetDocument: Sendable, Hashable {
    /// What the jobs test.
    public let build: Build
    /// What is called at the end, if anything.
    public let callback: CallbackRequest?
    /// The jobs in their order; none is a jobset that finishes at once.
    public let jobs: [JobEntry]
    /// Names and values of the sender's own.
    public let labels: [String: String]
    /// How often, at most, a job whose lab fails it is tried again; none of these counts against the build.
    public let retries: Int
    /// 32 bytes of SHA-256 over what the document means.
    ///
    /// The same document in another spelling (order of keys, white space, escapes, `callback_url` or `callback`) has
    /// the same digest, any other has another.
    public let digest: [UInt8]

    /// A document from its parts, unchecked.
    public init(
        build: Build,
        callback: CallbackRequest? = nil,
        jobs: [JobEntry],
        labels: [String: String] = [:],
        retries: Int = 0
    ) {
        self.build = build
        self.callback = callback
        self.jobs = jobs
        self.labels = labels
        self.retries = retries
        self.digest = DocumentDigest.over(
            build: build,
            callback: callback,
            jobs: jobs,
            labels: labels,
            retries: retries
        )
    }

    /// Reads a document as JSON in UTF-8, with or without a byte order mark.
    ///
    /// - Parameters:
    ///   - body: The document.
    ///   - limits: How large it may be.
    ///   - knownBackends: The labs that jobs may name.
    /// - Throws: ``DocumentFaults`` with everything that is wrong. Broken JSON ends the reading, so that what stands
    ///   after it is not looked at.
    public static func read(
        _ body: [UInt8],
        limits: DocumentLimits = DocumentLimits(),
        knownBackends: Set<String>
    ) throws(DocumentFaults) -> JobsetDocument {
        var reader = DocumentReader(body: body, limits: limits, knownBackends: knownBackends)
        return try reader.read()
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A document as ingest takes it: a jobset, or jobs for one that is there. The key `jobset` tells them apart.
package enum IncomingDocument: Sendable, Hashable {
    /// A new jobset.
    case jobset(JobsetDocument)
    /// Jobs for an open one, or its seal.
    case addition(JobsetAddition)

    /// Reads either kind as JSON in UTF-8, with or without a byte order mark.
    ///
    /// - Parameters:
    ///   - body: The document.
    ///   - limits: How large it may be.
    ///   - knownBackends: The labs that jobs may name.
    ///   - keepsDefinitions: Whether the jobs have their definitions with them. For whoever only checks a document: it takes
    ///     half the memory.
    /// - Throws: ``DocumentFaults`` with everything that is wrong.
    package static func read(
        _ body: [UInt8],
        limits: DocumentLimits = DocumentLimits(),
        knownBackends: Set<String>,
        keepsDefinitions: Bool = true
    ) throws(DocumentFaults) -> IncomingDocument {
        var reader = DocumentReader(
            body: body,
            limits: limits,
            knownBackends: knownBackends,
            keepsDefinitions: keepsDefinitions
        )
        return try reader.read()
    }

    /// 32 bytes of SHA-256 over what it means.
    package var digest: [UInt8] {
        switch self {
        case .jobset(let document): document.digest
        case .addition(let addition): addition.digest
        }
    }
}

/// Jobs that are added to an open jobset, and perhaps its seal; or a callback for one that has none, however it stands.
package struct JobsetAddition: Sendable, Hashable {
    /// The jobset that they are added to.
    package let jobsetID: UUID
    /// The jobs; they stand behind those that the jobset has.
    package let jobs: [JobEntry]
    /// Whether nothing will be added after these.
    package let seals: Bool
    /// How many jobs the jobset will have: it is sealed once they are there, in whatever order its additions come in.
    package let declaredTotal: Int?
    /// Who is to be called, if the jobset has nobody to call.
    package let callback: CallbackRequest?
    /// 32 bytes of SHA-256 over what it means.
    package let digest: [UInt8]

    /// An addition from its parts, unchecked.
    ///
    /// - Parameter definition: The definition of the job at a place, if `jobs` have none with them.
    package init(
        jobsetID: UUID,
        jobs: [JobEntry],
        seals: Bool = false,
        declaredTotal: Int? = nil,
        callback: CallbackRequest? = nil,
        definition: ((Int) -> String)? = nil
    ) {
        self.jobsetID = jobsetID
        self.jobs = jobs
        self.seals = seals
        self.declaredTotal = declaredTotal
        self.callback = callback
        var digest = DocumentDigest(of: "muster.addition.1")
        digest.add(jobsetID.uuidString)
        digest.add(jobs, definition: definition)
        digest.addUnlessDefault("seal", seals ? "true" : nil)
        digest.addUnlessDefault("total", declaredTotal.map { "\($0)" })
        if let callback {
            digest.addUnlessDefault("callback", "")
            digest.add(callback)
        }
        self.digest = digest.finish()
    }
}

/// What a document names that is not in it, and that may be somebody else's.
package struct DocumentNames: Sendable, Hashable {
    /// Whether it has jobs that a lab has already.
    package let hasWatchedJobs: Bool
    /// What its report is to be compared with.
    package let baseline: BaselineName?
}

extension JobsetDocument {
    /// What it names that is not in it.
    package var names: DocumentNames {
        DocumentNames(hasWatchedJobs: jobs.contains { $0.labJob != nil }, baseline: baseline)
    }
}

extension JobsetAddition {
    /// What it names that is not in it.
    package var names: DocumentNames {
        DocumentNames(hasWatchedJobs: jobs.contains { $0.labJob != nil }, baseline: nil)
    }
}

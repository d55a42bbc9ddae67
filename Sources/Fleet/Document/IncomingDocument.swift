// SPDX-License-Identifier: Apache-2.0

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

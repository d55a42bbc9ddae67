// SPDX-License-Identifier: Apache-2.0

/// What jobset documents are held to: with it a client can look a large file through before it sends any of it.
package struct DocumentRules: Codable, Sendable, Equatable {
    /// How large documents and their parts may be.
    package let limits: DocumentLimits
    /// The labs that jobs may name.
    package let backends: [String]

    /// The rules of a fleet.
    package init(limits: DocumentLimits, backends: some Sequence<String>) {
        self.limits = limits
        self.backends = backends.sorted()
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The secrets that a program reads, by sections of the configuration. It leaves all others where they are: they may not be
/// there for it, and what it does not know it can't give away.
package struct SecretNeeds: Sendable, Equatable {
    /// The sections; nil stands for all.
    let sections: Set<String>?

    /// Those of all workers, for whoever checks an installation as a whole.
    package static let all = SecretNeeds(sections: nil)
    /// Those of the broker and the database.
    package static let servers = SecretNeeds(sections: ["broker", "database"])

    /// What each worker reads, in the order of the configuration. `docs/security.md` has the same table, and the units of
    /// the package load these; tests compare.
    package static let byWorker: [(worker: String, sections: [String])] = [
        ("ingest", ["broker", "database"]),
        ("submitter", ["broker", "database", "backends"]),
        ("watcher", ["broker", "database", "backends"]),
        ("notifier", ["broker", "database", "callback", "mail", "projects"]),
        ("gateway", ["broker", "database", "gateway"]),
    ]

    /// Those of the program `muster-WORKER`; all, if it is no worker's.
    package static func of(program: String) -> SecretNeeds {
        let own = byWorker.first { program == "muster-\($0.worker)" }
        return own.map { SecretNeeds(sections: Set($0.sections)) } ?? .all
    }

    /// Whether the secrets of a section are read.
    func contains(_ section: String) -> Bool { sections?.contains(section) ?? true }
}

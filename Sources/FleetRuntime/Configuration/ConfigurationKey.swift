// SPDX-License-Identifier: Apache-2.0

/// One key of the configuration: its name, what it may hold, what holds when it is absent, and what it means.
///
/// The table ``all`` drives the reading of the file and of the environment, and `docs/configuration.md`.
public struct ConfigurationKey: Sendable, Hashable {
    /// The key, with dots between its parts; `*` stands for the name of a backend or a project.
    public let path: String
    /// What it may hold.
    public let kind: ConfigurationKind
    /// The default, written as it would be in the file; `nil` when there is none.
    public let fallback: String?
    /// Whether a worker can't start without it (or the key in ``alternative``).
    public let isRequired: Bool
    /// For a secret, the key that names a file to read it from.
    public let alternative: String?
    /// What it means, as a phrase.
    public let meaning: String

    init(
        _ path: String,
        _ kind: ConfigurationKind,
        default fallback: String? = nil,
        required: Bool = false,
        orFile alternative: String? = nil,
        _ meaning: String
    ) {
        self.path = path
        self.kind = kind
        self.fallback = fallback
        self.isRequired = required
        self.alternative = alternative
        self.meaning = meaning
    }

    /// The environment variable that stands for the key, for example `MUSTER_BACKENDS_LAB_A_TOKEN`.
    ///
    /// `MUSTER_`, then the key in capitals with every character but letters and digits turned into `_`.
    public func environmentName(of name: String? = nil) -> String {
        let name = path.replacing("*", with: name ?? "<NAME>")
        return "MUSTER_"
            + String(name.uppercased().map { $0.isLetter || $0.isNumber || $0 == "<" || $0 == ">" ? $0 : "_" })
    }
}

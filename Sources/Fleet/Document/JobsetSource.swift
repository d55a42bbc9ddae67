// SPDX-License-Identifier: Apache-2.0

/// What source a build was made of, and how: key `source` of a document. Reports for kernel developers tell of it.
package struct JobsetSource: Sendable, Hashable, Codable {
    /// What the tree is known as, such as `linux-next`.
    package var tree: String?
    /// Where its repository can be fetched.
    package var gitURL: String?
    package var branch: String?
    /// The whole hash of the commit.
    package var commit: String?
    /// What `git describe` says of it.
    package var describe: String?
    /// The hash of the patches that were applied to the commit: KCIDB's `patchset_hash`.
    package var patchsetHash: String?
    /// What the build is for, such as `arm64`.
    package var architecture: String?
    /// The kernel's configuration, such as `defconfig`.
    package var config: String?
    package var compiler: String?

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case tree, branch, commit, describe, architecture, config, compiler
        case gitURL = "git_url"
        case patchsetHash = "patchset_hash"
    }

    /// Nothing is known.
    package init() {}

    /// The value of a key.
    package subscript(key: CodingKeys) -> String? {
        get { self[keyPath: Self.path(key)] }
        set { self[keyPath: Self.path(key)] = newValue }
    }

    /// What it says, by name, for a digest.
    var settings: [(name: String, value: String)] {
        CodingKeys.allCases.sorted { $0.rawValue < $1.rawValue }.compactMap { key in
            self[key].map { (key.rawValue, $0) }
        }
    }

    private static func path(_ key: CodingKeys) -> WritableKeyPath<JobsetSource, String?> {
        switch key {
        case .tree: \.tree
        case .gitURL: \.gitURL
        case .branch: \.branch
        case .commit: \.commit
        case .describe: \.describe
        case .patchsetHash: \.patchsetHash
        case .architecture: \.architecture
        case .config: \.config
        case .compiler: \.compiler
        }
    }

    /// The longest value, in Unicode scalars.
    package static let maximumLength = 250

    /// What is wrong with a value, or `nil` when nothing is.
    static func complaint(about text: String, _ key: CodingKeys) -> String? {
        guard text.unicodeScalars.count <= maximumLength else { return "is longer than \(maximumLength) characters" }
        switch key {
        case .commit:
            return text.wholeMatch(of: /[0-9a-f]{40}|[0-9a-f]{64}/) == nil
                ? "must be the whole hash of a commit, 40 or 64 hexadecimal digits in lower case" : nil
        case .patchsetHash:
            return text.wholeMatch(of: /[0-9a-f]{64}/) == nil
                ? "must be a SHA-256, 64 hexadecimal digits in lower case" : nil
        case .gitURL:
            return text.wholeMatch(of: /(https?|git|ssh):\/\/[^\s@?#]+/) == nil
                ? "must be a URL that begins with https://, http://, git:// or ssh://, without a user" : nil
        case .architecture:
            return text.wholeMatch(of: /[a-z0-9_]+/) == nil
                ? "must be lower-case letters, digits and \"_\", such as arm64" : nil
        case .tree, .branch, .describe, .config, .compiler:
            return HarmlessText.line(text) == text && text.first != " " && text.last != " "
                ? nil : "must be one line without control characters, and without a space at its beginning or end"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// Every key there is, in the order in which the documentation lists them.
    public static let all: [ConfigurationKey] =
        broker + database + backends + ingest + submitter + watcher + notifier + callback + mail + gateway + projects
        + process

    /// The key at `path`, with `*` in place of a backend's or a project's name.
    static func at(_ path: String) -> ConfigurationKey? { byPath[path] }

    private static let byPath = Dictionary(all.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })

    static let day = 86_400.0
    static let mebibyte = 1_048_576
}

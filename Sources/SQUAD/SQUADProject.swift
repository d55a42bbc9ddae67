// SPDX-License-Identifier: Apache-2.0

/// A project of a SQUAD: where results are pushed to.
package struct SQUADProject: Sendable, Equatable {
    /// The root of the SQUAD, `https://squad.example.com`, without a slash at its end.
    package let root: String
    /// `group/project` there.
    package let path: String

    /// The project `path` of the SQUAD at `url`.
    package init(url: String, path: String) {
        var root = Substring(url)
        while root.hasSuffix("/") { root = root.dropLast() }
        self.root = String(root)
        self.path = path
    }

    /// The project's page, by which deliveries to it are known.
    package var page: String { "\(root)/\(path)/" }

    /// Where the test runs of a build's environment are posted. The parts are slugs and need no escaping.
    func submission(build version: String, environment: String) -> String {
        "\(root)/api/submit/\(path)/\(version)/\(environment)"
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Says what keeps a text from being a ``Build``.
enum BuildRule {
    /// What is wrong with `text`, which is no build.
    static func complaint(about text: String) -> String {
        let shape = "must look like \"/group/project/version\""
        guard text.hasPrefix("/") else { return "\(shape), and so begin with \"/\"" }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard parts.count == 3 else { return "\(shape): three parts, not \(parts.count)" }
        for (name, part) in zip(["group", "project", "version"], parts) {
            let isGroup = name == "group"
            let bare = isGroup && part.hasPrefix("~") ? part.dropFirst() : part
            if Slug.isValid(String(bare)), part.utf8.count <= Build.maximumPartLength { continue }
            let tilde = isGroup ? " (a \"~\" may stand before it)" : ""
            return "\(shape): the \(name) must be at most \(Build.maximumPartLength) letters, digits, \"_\", \".\" and "
                + "\"-\", and begin with a letter or digit\(tilde)"
        }
        return shape
    }
}

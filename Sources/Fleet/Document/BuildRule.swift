// SPDX-License-Identifier: Apache-2.0

/// Says what keeps a text from being a ``Build``.
package enum BuildRule {
    /// What is wrong with `text`, which is no build.
    static func complaint(about text: String) -> String {
        let shape = "must look like \"/group/project/version\""
        guard text.hasPrefix("/") else { return "\(shape), and so begin with \"/\"" }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard parts.count == 3 else { return "\(shape): three parts, not \(parts.count)" }
        let names = parts.map(String.init)
        return complaint(group: names[0], project: names[1], version: names[2]).map { "\(shape): \($0)" } ?? shape
    }

    /// What is wrong with the first part that can't be one of a build; `nil` when nothing is.
    package static func complaint(group: String, project: String, version: String) -> String? {
        for (name, part) in [("group", group), ("project", project), ("version", version)] {
            let isGroup = name == "group"
            let bare = isGroup && part.hasPrefix("~") ? String(part.dropFirst()) : part
            if Slug.isValid(bare), part.utf8.count <= Build.maximumPartLength { continue }
            let tilde = isGroup ? " (a \"~\" may stand before it)" : ""
            return
                "the \(name) must be at most \(Build.maximumPartLength) letters, digits, \"_\", \".\" and \"-\", and "
                + "begin with a letter or digit\(tilde)"
        }
        return nil
    }
}

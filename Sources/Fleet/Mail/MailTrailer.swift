// SPDX-License-Identifier: Apache-2.0

/// The line that ends a mail about a good build, such as `Tested-by: Lab <lab@example.org>`.
package enum MailTrailer {
    /// The longest, in Unicode scalars.
    package static let maximumLength = 200

    /// What is wrong with a trailer, or `nil` when nothing is. Its form is that of `git interpret-trailers`.
    package static func complaint(about text: String) -> String? {
        guard text.unicodeScalars.count <= maximumLength else { return "is longer than \(maximumLength) characters" }
        guard HarmlessText.line(text) == text, text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9-]*: \S(.*\S)?/) != nil else {
            return "must be one line such as \"Tested-by: Lab <lab@example.org>\""
        }
        return nil
    }
}

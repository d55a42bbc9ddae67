// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The code that a page of the documentation shows. It stands in files of the tests as well, which build and run it.
package enum DocumentedCode {
    /// The page's blocks of Swift, or of another language, in order.
    ///
    /// - Parameter path: In the checkout.
    package static func blocks(of path: String, in language: String = "swift") throws -> [String] {
        try text(path).split(separator: "\n```\(language)\n").dropFirst().map { rest in
            String(rest.prefix(upTo: rest.firstRange(of: "\n```")?.lowerBound ?? rest.endIndex))
        }
    }

    /// A file without its licence.
    package static func code(of path: String) throws -> String {
        try text(path).replacing("// SPDX-License-Identifier: Apache-2.0\n\n", with: "", maxReplacements: 1)
            .trimmingCharacters(in: .newlines)
    }

    private static func text(_ path: String) throws -> String {
        let checkout = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        return try String(contentsOf: checkout.appending(path: path), encoding: .utf8)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Objects of KCIDB's schema 5.3 (`kcidb_io/schema/v05_03.py`), with those of their members that Muster knows something of.
/// A member without a value is left out, for the schema knows no null; names are written in snake case.
enum KCIDB {
    /// The version of the schema.
    static let version = (major: 5, minor: 3)
    /// The longest `log_excerpt`, in characters.
    static let maximumExcerpt = 16_384

    /// Whether a test did well; what it says of the code under test.
    enum Status: String, Encodable {
        case pass = "PASS"
        /// The code under test is at fault.
        case fail = "FAIL"
        /// It did not run to its end, and nobody knows.
        case error = "ERROR"
        /// It did not run.
        case miss = "MISS"
        case skip = "SKIP"
    }

    struct Checkout: Encodable {
        var id: String
        var origin: String
        var treeName: String?
        var gitRepositoryURL: String?
        var gitRepositoryBranch: String?
        var gitCommitHash: String?
        var gitCommitName: String?
        var patchsetHash: String?
        var startTime: String
        var valid = true
    }

    struct Build: Encodable {
        var id: String
        var origin: String
        var checkoutID: String
        var startTime: String
        var architecture: String?
        var compiler: String?
        var configName: String?
        var status: Status?
        var misc: [String: String]
    }

    struct Environment: Encodable {
        var comment: String
        var compatible: [String]?
        var misc: [String: String]
    }

    struct Number: Encodable {
        var value: Double
        var unit: String?
    }

    struct Test: Encodable {
        var id: String
        var origin: String
        var buildID: String
        var path: String
        var status: Status
        var environment: Environment
        var comment: String?
        var logURL: String?
        var logExcerpt: String?
        var number: Number?
        var startTime: String?
        var duration: Double?
        var misc: [String: String]
    }

    struct Issue: Encodable {
        var id: String
        var version = 1
        var origin: String
        var reportURL: String?
        var reportSubject: String
        var comment: String
    }

    struct Incident: Encodable {
        var id: String
        var origin: String
        var issueID: String
        var issueVersion = 1
        var testID: String
        var present = true
    }

    /// A path of the tree of tests, of names as their authors wrote them: segments of letters, digits, `_` and `-`.
    static func path(_ names: String...) -> String {
        let segments = names.flatMap { name in
            name.unicodeScalars.split { $0 == "." || $0 == "/" }.map { segment in
                String(String.UnicodeScalarView(segment.map { isPlain($0) ? $0 : "_" }))
            }
        }
        return segments.joined(separator: ".")
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }
}

/// Under which name a project's results are known to a KCIDB, and what is known of its boards.
package struct KCIDBSettings: Sendable, Equatable {
    /// The name of this CI system there: lower-case letters, digits and `_`.
    package var origin: String
    /// The values of a board's device tree property `compatible`, by environment.
    package var compatible: [String: [String]]

    /// Settings as given.
    package init(origin: String, compatible: [String: [String]] = [:]) {
        self.origin = origin
        self.compatible = compatible
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Which tests something is about: a glob each for environment, suite and test. `*` matches any text, `?` any one
/// character; everything else matches itself, in the same case.
package struct TestPattern: Sendable, Codable, Hashable {
    package var environment: String
    package var suite: String
    package var test: String

    package init(environment: String = "*", suite: String = "*", test: String = "*") {
        self.environment = environment
        self.suite = suite
        self.test = test
    }

    /// The longest glob, in bytes.
    package static let maximumBytes = 255

    /// What is wrong with it, by the member that it is wrong with; none if nothing is.
    package var faults: [Fault] {
        var faults = [("environment", environment), ("suite", suite), ("test", test)].compactMap { name, glob in
            Self.complaint(about: glob).map { Fault(pointer: "/\(name)", value: glob, reason: $0) }
        }
        if faults.isEmpty, [suite, test].allSatisfy({ $0.allSatisfy { $0 == "*" } }) {
            faults.append(Fault(pointer: "/test", value: test, reason: "must not be * if suite is * too"))
        }
        return faults
    }

    /// What is wrong with a glob; nil if nothing is.
    package static func complaint(about glob: String) -> String? {
        guard !glob.isEmpty else { return "must not be empty" }
        guard glob.utf8.count <= maximumBytes else { return "must have at most \(maximumBytes) bytes" }
        guard StorableText.isStorable(glob), !glob.contains(where: \.isNewline) else {
            return "must be one line of text"
        }
        return nil
    }

    /// A glob as SQL's `like` has it.
    package static func like(_ glob: String) -> String {
        var pattern = ""
        for scalar in glob.unicodeScalars {
            switch scalar {
            case "*": pattern += "%"
            case "?": pattern += "_"
            case "%", "_", "\\": pattern += "\\\(scalar)"
            default: pattern.unicodeScalars.append(scalar)
            }
        }
        return pattern
    }

    /// Whether it is about a test.
    package func matches(environment: String, suite: String, test: String) -> Bool {
        Self.matches(self.environment, environment) && Self.matches(self.suite, suite) && Self.matches(self.test, test)
    }

    /// Whether a glob matches a text, as SQL's `like` says of ``like(_:)``. A step back never goes further than to the last
    /// `*`, so it takes no longer than the product of the two lengths.
    package static func matches(_ glob: String, _ text: String) -> Bool {
        let (pattern, scalars) = (Array(glob.unicodeScalars), Array(text.unicodeScalars))
        var (place, index) = (0, 0)
        var star: (place: Int, index: Int)?
        while index < scalars.count {
            if place < pattern.count, pattern[place] == "*" {
                star = (place, index)
                place += 1
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == scalars[index] {
                place += 1
                index += 1
            } else if let last = star {
                star = (last.place, last.index + 1)
                (place, index) = (last.place + 1, last.index + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }

    /// In one line: `qemu* ltp/fcntl*`; an environment of any name is left out.
    package var line: String { (environment == "*" ? "" : "\(environment) ") + "\(suite)/\(test)" }
}

// SPDX-License-Identifier: Apache-2.0

/// One test case of a lab job.
package struct ResultRow: Sendable, Equatable, Decodable {
    package let suite: String
    /// The lab's own number of the suite: two runs of one suite in a job have the same name, but not this.
    package let suiteNumber: Int
    /// The test case's name, as the lab spells it.
    package let name: String
    package let status: ResultStatus
    /// In decimal digits, as the lab gave them.
    package let measurement: String?
    package let units: String?
    /// Where it begins in the job's log.
    package let startLogLine: Int?
    /// Where it ends in the job's log.
    package let endLogLine: Int?

    package init(
        suite: String,
        suiteNumber: Int,
        name: String,
        status: ResultStatus,
        measurement: String?,
        units: String?,
        startLogLine: Int?,
        endLogLine: Int?
    ) {
        self.suite = suite
        self.suiteNumber = suiteNumber
        self.name = name
        self.status = status
        self.measurement = measurement
        self.units = units
        self.startLogLine = startLogLine
        self.endLogLine = endLogLine
    }
}

extension ResultRow {
    /// How much its texts take, in bytes.
    package var textBytes: Int {
        [suite, name, units ?? "", measurement ?? ""].reduce(0) { $0 + $1.utf8.count }
    }

    /// Whether a text can be a measurement: digits, perhaps with a sign and a point, at most 60 of them.
    ///
    /// Read byte by byte, since each measurement of each job is looked at: a `Regex` is compiled anew for each use.
    package static func isMeasurement(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count <= 60 else { return false }
        var rest = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
        func takeDigits() -> Bool {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest[digits.endIndex...]
            return !digits.isEmpty
        }
        guard takeDigits() else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard takeDigits() else { return false }
        }
        return rest.isEmpty
    }
}

/// What a test case said.
package enum ResultStatus: String, Sendable, Codable, CaseIterable {
    case pass
    case fail
    /// It failed, as a known issue of its project says.
    case xfail
    case skip
    case unknown

    /// What a lab can say: LAVA's four words. Which failures are known is for the fleet to find out.
    package static let ofLabs: [ResultStatus] = [.pass, .fail, .skip, .unknown]
}

/// What a test is called: its suite, test set and case, as their authors named them.
///
/// By its name a test is found again in other builds, so nothing is part of it that comes from where it stands.
package enum TestName {
    /// LAVA's own suite.
    package static let lava = "lava"

    /// The suite's name without the place of its test definition in the job, which LAVA puts before it: `ltp` of `3_ltp`.
    ///
    /// A test definition that is called `lava` keeps its place: LAVA's own suite is another.
    package static func suite(_ name: String) -> String {
        let digits = name.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let rest = name.utf8[digits.endIndex...]
        guard !digits.isEmpty, rest.first == UInt8(ascii: "_"), rest.count > 1 else { return name }
        let authored = String(Substring(rest.dropFirst()))
        return authored == lava ? name : authored
    }

    /// The case's name behind that of its test set, if it is in one: `video0/Control`.
    package static func name(_ name: String, in set: String?) -> String {
        guard let set, !set.isEmpty else { return name }
        return "\(set)/\(name)"
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation

/// Everything that is wrong with a reported result.
package struct ReportFaults: Error, Sendable, Equatable, CustomStringConvertible {
    package let faults: [Fault]

    package init(_ faults: [Fault]) { self.faults = faults }

    package var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// What a reported result may have.
package struct ReportRules: Sendable, Equatable {
    /// The most tests.
    package let maximumTests: Int
    /// The most faults that are listed.
    package let maximumFaults: Int

    /// The longest name of a suite or a test, in Unicode scalars, which is what JSON Schema counts.
    package static let nameLength = 1_000
    package static let unitsLength = 100
    package static let reasonLength = 10_000
    /// In bytes.
    package static let urlBytes = 2_000
    /// How deep JSON, XML and KTAP may be nested.
    package static let maximumDepth = 64
    /// Results of this suite are those of LAVA itself, and are counted nowhere.
    package static let reservedSuite = "lava"

    package init(maximumTests: Int, maximumFaults: Int = 100) {
        self.maximumTests = maximumTests
        self.maximumFaults = maximumFaults
    }
}

/// Gathers reported tests, and what is wrong with them.
struct TestList {
    let rules: ReportRules
    private(set) var tests: [ResultRow] = []
    private(set) var faults: [Fault] = []
    private var faultCount = 0
    private var suites: [String: Int] = [:]

    init(rules: ReportRules) { self.rules = rules }

    /// Whether another has room. The fault that there are too many is noted once.
    mutating func hasRoom(_ pointer: String) -> Bool {
        guard tests.count >= rules.maximumTests else { return true }
        if tests.count == rules.maximumTests, !faults.contains(where: { $0.reason.hasPrefix("has more than") }) {
            fault(pointer, "has more than \(rules.maximumTests) tests")
        }
        return false
    }

    /// Adds a test; what is wrong with it is a fault at `pointer`.
    mutating func add(
        _ pointer: String,
        suite: String,
        name: String,
        status: ResultStatus,
        measurement: String? = nil,
        units: String? = nil
    ) {
        guard hasRoom(Self.parent(of: pointer)) else { return }
        check("\(pointer)/suite", suite, ReportRules.nameLength)
        check("\(pointer)/name", name, ReportRules.nameLength)
        if suite == ReportRules.reservedSuite { fault("\(pointer)/suite", "is the name of LAVA's own suite") }
        if let units { check("\(pointer)/units", units, ReportRules.unitsLength) }
        var decimal = measurement
        if let measurement {
            decimal = Self.decimal(measurement)
            if decimal == nil { fault("\(pointer)/measurement", "must be a decimal number", found: measurement) }
        }
        let number = suites[suite] ?? suites.count + 1
        suites[suite] = number
        tests.append(
            ResultRow(
                suite: suite,
                suiteNumber: number,
                name: name,
                status: status,
                measurement: decimal,
                units: units.flatMap { $0.isEmpty ? nil : $0 },
                startLogLine: nil,
                endLogLine: nil
            )
        )
    }

    mutating func fault(_ pointer: String, _ reason: String, found value: String? = nil) {
        faultCount += 1
        guard faults.count < rules.maximumFaults else { return }
        faults.append(Fault(pointer: pointer, value: value, reason: reason))
    }

    private mutating func check(_ pointer: String, _ text: String, _ longest: Int) {
        if let complaint = StorableText.complaint(about: text) {
            fault(pointer, complaint)
        } else if text.unicodeScalars.count > longest {
            fault(pointer, "has more than \(longest) characters", found: text)
        } else if text.isEmpty, longest == ReportRules.nameLength {
            fault(pointer, "is empty")
        }
    }

    private static func parent(of pointer: String) -> String {
        String(pointer[..<(pointer.lastIndex(of: "/") ?? pointer.endIndex)])
    }

    /// A number without an exponent, as measurements are kept; nil if it is none, or has too many digits.
    static func decimal(_ text: String) -> String? {
        guard !ResultRow.isMeasurement(text) else { return text }
        guard text.utf8.count <= 60, text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{1,3}/) != nil,
            let number = Double(text), number.isFinite
        else { return nil }
        let plain = number.formatted(
            .number.locale(Locale(identifier: "en_US_POSIX")).grouping(.never).precision(.fractionLength(0...20))
        )
        return ResultRow.isMeasurement(plain) ? plain : nil
    }
}

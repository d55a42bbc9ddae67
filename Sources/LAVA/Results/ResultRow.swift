// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A row of `jobs/N/tests/`, as it is on the wire.
///
/// The case's name and how it went must be there, and texts; of whatever else is not what LAVA writes, it is as if it was
/// not there.
struct ResultRow: Decodable, Sendable {
    var name: String
    var result: String
    var measurement: String?
    var unit: String?
    /// LAVA's number of the suite; 0 if it is none.
    var suite: Int
    var startLogLine: Int?
    var endLogLine: Int?
    /// The suite's name as the metadata have it; the list of suites knows it where they are silent.
    var definition: String?
    /// The name of the test set, as the metadata have it.
    var testSet: String?
    /// Why the job failed, as the metadata of its own case have it.
    var errorType: String?
    var errorMessage: String?

    enum CodingKeys: String, CodingKey {
        case name, result, measurement, unit, metadata, suite
        case startLogLine = "start_log_line"
        case endLogLine = "end_log_line"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        result = try container.decode(String.self, forKey: .result)
        measurement = Self.measurement(in: container)
        unit = try? container.decode(String.self, forKey: .unit)
        suite = (try? container.decode(Int.self, forKey: .suite)) ?? 0
        startLogLine = try? container.decode(Int.self, forKey: .startLogLine)
        endLogLine = try? container.decode(Int.self, forKey: .endLogLine)
        guard let metadata = try? container.decode(String.self, forKey: .metadata) else { return }
        definition = YAMLBlock.scalar("definition", of: metadata)
        testSet = YAMLBlock.scalar("set", of: metadata)
        guard name == "job" else { return }
        errorType = YAMLBlock.scalar("error_type", of: metadata).map { AnswerText.excerpt($0, limit: 200) }
        errorMessage = YAMLBlock.scalar("error_msg", of: metadata)
            .map { AnswerText.excerpt($0, limit: AnswerText.messageLimit) }
    }

    /// LAVA writes measurements as texts, exactly; a number says the same.
    private static func measurement(in container: KeyedDecodingContainer<CodingKeys>) -> String? {
        if let text = try? container.decode(String.self, forKey: .measurement) { return text }
        // As a Decimal it keeps the digits that were written.
        guard let number = try? container.decode(Decimal.self, forKey: .measurement), number.isFinite else {
            return nil
        }
        return "\(number)"
    }

    /// The row as a value of ours.
    func result(suite suiteName: String) -> LAVAResult {
        let isJob = suiteName == "lava" && name == "job"
        return LAVAResult(
            suite: suiteName,
            suiteNumber: suite,
            testSet: testSet,
            name: name,
            result: LAVAResult.Outcome(rawValue: result) ?? .unknown,
            measurement: measurement,
            unit: unit ?? "",
            startLogLine: startLogLine,
            endLogLine: endLogLine,
            errorType: isJob ? errorType : nil,
            errorMessage: isJob ? errorMessage : nil
        )
    }
}

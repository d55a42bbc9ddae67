// SPDX-License-Identifier: Apache-2.0

/// A row of `jobs/N/tests/`, as it is on the wire.
struct ResultRow: Decodable {
    var name: String
    var result: String
    var measurement: String?
    var unit: String?
    var metadata: String?
    var suite: Int
    var startLogLine: Int?
    var endLogLine: Int?

    enum CodingKeys: String, CodingKey {
        case name, result, measurement, unit, metadata, suite
        case startLogLine = "start_log_line"
        case endLogLine = "end_log_line"
    }

    /// The suite's name as the metadata have it; the list of suites knows it where they are silent.
    var definition: String? {
        metadata.flatMap { YAMLBlock.scalar("definition", of: $0) }
    }

    /// The row as a value of ours.
    func result(suite suiteName: String) -> LAVAResult {
        let isJob = suiteName == "lava" && name == "job"
        let errorType = isJob ? metadata.flatMap { YAMLBlock.scalar("error_type", of: $0) } : nil
        let errorMessage = isJob ? metadata.flatMap { YAMLBlock.scalar("error_msg", of: $0) } : nil
        return LAVAResult(
            suite: suiteName,
            suiteNumber: suite,
            name: name,
            result: LAVAResult.Outcome(rawValue: result) ?? .unknown,
            measurement: measurement,
            unit: unit ?? "",
            startLogLine: startLogLine,
            endLogLine: endLogLine,
            errorType: errorType.map { AnswerText.excerpt($0, limit: 200) },
            errorMessage: errorMessage.map { AnswerText.excerpt($0, limit: AnswerText.messageLimit) }
        )
    }
}

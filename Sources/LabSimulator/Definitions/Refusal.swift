// SPDX-License-Identifier: Apache-2.0

/// Why a definition is not taken, in LAVA's words.
enum Refusal: Error, Equatable {
    /// The text is no YAML; the parser's words.
    case yaml(String)

    /// The text is YAML but no job: the schema's words and the place, such as `data['actions']`.
    case schema(String, place: String? = nil)

    /// There are no such devices, or too few.
    case devices(String)

    /// LAVA itself falls over: HTTP 500.
    case crash(String)

    /// The answer to `POST jobs/`.
    var answer: Answer {
        switch self {
        case .yaml(let words):
            .json(
                400,
                JSONText.object("message", "Problem with submitted job data: Loading job submission failed: \(words).")
            )
        case .schema(let words, let place):
            .json(
                400,
                JSONText.object("message", "Problem with submitted job data: \(words)\(place.map { " @ \($0)" } ?? "")")
            )
        case .devices(let words): .json(400, JSONText.object("message", "Devices unavailable: \(words)"))
        case .crash(let words): .crash(words)
        }
    }

    /// The answer to `POST jobs/validate/`, which looks at the schema alone.
    var validation: Answer {
        switch self {
        case .yaml(let words): .crash(words)
        case .schema(let words, _): .json(200, JSONText.object("message", "Job invalid: \(words)"))
        case .devices, .crash: .json(200, JSONText.object("message", "Job valid."))
        }
    }
}

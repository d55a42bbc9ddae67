// SPDX-License-Identifier: Apache-2.0

/// Why a definition is not taken, in LAVA's words.
enum Refusal: Error, Equatable {
    /// The text is no YAML; the parser's words.
    case yaml(String)

    /// The text is YAML but no job: the schema's words and the place, such as `data['actions']`.
    case schema(String, place: String? = nil)

    /// The lab has no devices of this type.
    case noDevices(type: String)

    /// The lab has too few devices of this type for a group.
    case tooFewDevices(type: String)

    /// LAVA itself falls over: HTTP 500.
    case crash(String)

    /// The answer to `POST jobs/` by a user.
    func answer(user: String) -> Answer {
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
        case .noDevices(let type):
            .json(400, JSONText.object("message", "Devices unavailable: Device type '\(type)' is unavailable."))
        case .tooFewDevices(let type):
            .json(
                400,
                JSONText.object(
                    "message",
                    "Devices unavailable: Not enough devices of type \(type) are currently available to user \(user)"
                )
            )
        case .crash(let words): .crash(words)
        }
    }

    /// The answer to `POST jobs/validate/`, which looks at the schema alone.
    var validation: Answer {
        switch self {
        case .yaml(let words): .crash(words)
        case .schema(let words, _): .json(200, JSONText.object("message", "Job invalid: \(words)"))
        case .noDevices, .tooFewDevices, .crash: .json(200, JSONText.object("message", "Job valid."))
        }
    }
}

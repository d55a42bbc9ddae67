// SPDX-License-Identifier: Apache-2.0

extension LAVAJob.State {
    /// LAVA's words for those that have a name here.
    private static let words: [(word: String, state: Self)] = [
        ("Submitted", .submitted), ("Scheduling", .scheduling), ("Scheduled", .scheduled), ("Running", .running),
        ("Canceling", .canceling), ("Finished", .finished),
    ]

    /// Reads LAVA's word.
    public init(_ text: String) {
        self = Self.words.first { $0.word == text }?.state ?? .unknown(AnswerText.excerpt(text, limit: 100))
    }

    /// LAVA's word for it.
    public var text: String {
        if case .unknown(let word) = self { return word }
        return Self.words.first { $0.state == self }?.word ?? ""
    }
}

extension LAVAJob.Health {
    /// LAVA's words for those that have a name here.
    private static let words: [(word: String, health: Self)] = [
        ("Complete", .complete), ("Incomplete", .incomplete), ("Canceled", .canceled),
    ]

    /// Reads LAVA's word.
    public init(_ text: String) {
        self = Self.words.first { $0.word == text }?.health ?? .unknown(AnswerText.excerpt(text, limit: 100))
    }

    /// LAVA's word for it.
    public var text: String {
        if case .unknown(let word) = self { return word }
        return Self.words.first { $0.health == self }?.word ?? ""
    }
}

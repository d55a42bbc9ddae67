// SPDX-License-Identifier: Apache-2.0

/// Why a text is not JSON, in the words that ingest uses too.
struct JSONProblem: Error, Equatable {
    let words: String

    init(_ words: String) {
        self.words = words
    }
}

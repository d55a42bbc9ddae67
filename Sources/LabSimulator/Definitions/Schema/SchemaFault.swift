// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a value, in the words of the library that LAVA's schema is written with, and where.
struct SchemaFault: Error, Equatable {
    var words: String
    /// The keys on the way, each as Python writes it in brackets.
    var path: [String]

    /// The refusal of a submission.
    var refusal: Refusal { .schema(words, place: path.isEmpty ? nil : "data" + path.map { "[\($0)]" }.joined()) }
}

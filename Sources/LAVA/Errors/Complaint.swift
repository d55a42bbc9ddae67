// SPDX-License-Identifier: Apache-2.0

/// The body of a refusal. LAVA writes `{"message": "…"}`, the framework below it `{"detail": "…"}` or
/// `{"field": ["…", …]}`, nested where the field is.
struct Complaint: Decodable {
    /// Everything it says, on one line for each field.
    let text: String

    init(from decoder: any Decoder) throws {
        self.text = try Self.read(decoder, depth: 0)
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static func read(_ decoder: any Decoder, depth: Int) throws -> String {
        // A refusal nests twice; the limit keeps a hostile one from doing so without end.
        guard depth < 8 else { return "…" }
        if let fields = try? decoder.container(keyedBy: Key.self) {
            var lines: [String] = []
            for key in fields.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
                let words = try read(fields.superDecoder(forKey: key), depth: depth + 1)
                lines.append(["message", "detail"].contains(key.stringValue) ? words : "\(key.stringValue): \(words)")
            }
            return lines.joined(separator: "\n")
        }
        if var list = try? decoder.unkeyedContainer() {
            var words: [String] = []
            while !list.isAtEnd { words.append(try read(list.superDecoder(), depth: depth + 1)) }
            return words.joined(separator: " ")
        }
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) { return text }
        if let flag = try? value.decode(Bool.self) { return flag ? "true" : "false" }
        if let number = try? value.decode(Double.self) { return "\(number)" }
        return "null"
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The labels of one series, in the shape in which they are written.
struct MetricLabels: Hashable {
    /// `a="x",b="y"`, sorted by name; empty for none.
    let text: String

    /// The longest value of a label, in characters; what is longer is cut.
    static let maximumValueLength = 128

    init(_ dimensions: [(String, String)]) {
        let pairs = dimensions.map { name, value in
            let escaped = value.prefix(Self.maximumValueLength).replacing("\\", with: "\\\\")
                .replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return (Self.name(name), escaped)
        }
        text = pairs.sorted { $0.0 < $1.0 }.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
    }

    /// The labels in braces, with one more at their end if there is one; empty for none.
    func braced(adding last: String? = nil) -> String {
        let all = [text, last ?? ""].filter { !$0.isEmpty }.joined(separator: ",")
        return all.isEmpty ? "" : "{\(all)}"
    }

    /// Whether one of them is this. Quotes within values are escaped, so no value can look like another label.
    func contains(_ name: String, _ value: String) -> Bool {
        ",\(text),".contains(",\(MetricLabels([(name, value)]).text),")
    }

    private static func name(_ text: String) -> String {
        let plain = MetricKind.plain(text)
        return plain.first.map { $0.isNumber } ?? true ? "_" + plain : plain
    }
}

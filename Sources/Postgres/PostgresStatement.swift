// SPDX-License-Identifier: Apache-2.0

/// SQL with its parameters. Interpolated values become parameters, never text:
/// `"select name from job where id = \(id) and state = any(\(states))"`.
///
/// Equal text is the same prepared statement, so keep the text constant and let values vary.
public struct PostgresStatement: Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
    /// The text, with `$1`, `$2` … where values go.
    public private(set) var sql: String
    private(set) var parameters: [any PostgresEncodable]
    /// The text between the values, of a statement that can be part of another.
    private let texts: [String]

    /// The most parameters that one statement can have, by the protocol. Use arrays and `unnest` for more.
    static let maximumParameters = 65_535

    /// A statement without parameters.
    public init(stringLiteral value: String) {
        sql = value
        parameters = []
        texts = [value]
    }

    /// Text with `$1`, `$2` … and the values for them.
    public init(sql: String, parameters: [any PostgresEncodable]) {
        self.sql = sql
        self.parameters = parameters
        texts = []
    }

    /// Collects text and values.
    public struct StringInterpolation: StringInterpolationProtocol {
        /// The text between the values.
        fileprivate var texts = [""]
        fileprivate var parameters: [any PostgresEncodable] = []

        /// Called by the compiler.
        public init(literalCapacity: Int, interpolationCount: Int) {
            texts.reserveCapacity(interpolationCount + 1)
        }

        /// Called by the compiler: plain text.
        public mutating func appendLiteral(_ literal: String) {
            append(literal)
        }

        /// A value: becomes the next parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            parameters.append(value)
            texts.append("")
        }

        /// A value or NULL: becomes the next parameter.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            parameters.append(value)
            texts.append("")
        }

        /// A statement as a part of this one: its values become further parameters. It must be one that was written as
        /// interpolated text.
        public mutating func appendInterpolation(fragment statement: PostgresStatement) {
            precondition(!statement.texts.isEmpty, "a statement with numbered parameters can't be part of another")
            append(statement.texts[0])
            texts += statement.texts.dropFirst()
            parameters += statement.parameters
        }

        /// Text that goes into the statement as it is. Never with anything from outside the program.
        public mutating func appendInterpolation(unsafeSQL text: String) {
            append(text)
        }

        /// A name of a table or column, quoted.
        public mutating func appendInterpolation(identifier name: String) {
            append(PostgresStatement.quoted(name))
        }

        private mutating func append(_ text: String) { texts[texts.count - 1] += text }
    }

    /// Called by the compiler.
    public init(stringInterpolation: StringInterpolation) {
        texts = stringInterpolation.texts
        parameters = stringInterpolation.parameters
        sql = texts.enumerated().reduce(into: "") { sql, part in
            if part.offset > 0 { sql += "$\(part.offset)" }
            sql += part.element
        }
    }

    /// The text without the values.
    public var description: String { sql }

    var parameterTypes: [PostgresType] {
        parameters.map { type(of: $0).postgresType }
    }

    func encodedParameters() throws(PostgresError) -> [String?] {
        guard parameters.count <= Self.maximumParameters else {
            throw PostgresError(.encoding, "\(parameters.count) parameters; a statement has at most 65,535")
        }
        var texts: [String?] = []
        texts.reserveCapacity(parameters.count)
        for parameter in parameters { texts.append(try parameter.postgresText()) }
        return texts
    }

    /// A name between double quotes. NUL in it is refused when the statement is sent.
    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

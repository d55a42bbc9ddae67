// SPDX-License-Identifier: Apache-2.0

/// SQL with its parameters. Interpolated values become parameters, never text:
/// `"select name from job where id = \(id) and state = any(\(states))"`.
///
/// Equal text is the same prepared statement, so keep the text constant and let values vary.
public struct PostgresStatement: Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
    /// The text, with `$1`, `$2` … where values go.
    public private(set) var sql: String
    private(set) var parameters: [any PostgresEncodable]

    /// The most parameters that one statement can have, by the protocol. Use arrays and `unnest` for more.
    static let maximumParameters = 65_535

    /// A statement without parameters.
    public init(stringLiteral value: String) {
        sql = value
        parameters = []
    }

    /// Text with `$1`, `$2` … and the values for them.
    public init(sql: String, parameters: [any PostgresEncodable]) {
        self.sql = sql
        self.parameters = parameters
    }

    /// Collects text and values.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql = ""
        fileprivate var parameters: [any PostgresEncodable] = []

        /// Called by the compiler.
        public init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(literalCapacity + interpolationCount * 3)
        }

        /// Called by the compiler: plain text.
        public mutating func appendLiteral(_ literal: String) {
            sql += literal
        }

        /// A value: becomes the next parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            parameters.append(value)
            sql += "$\(parameters.count)"
        }

        /// A value or NULL: becomes the next parameter.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            parameters.append(value)
            sql += "$\(parameters.count)"
        }

        /// Text that goes into the statement as it is. Never with anything from outside the program.
        public mutating func appendInterpolation(unsafeSQL text: String) {
            sql += text
        }

        /// A name of a table or column, quoted.
        public mutating func appendInterpolation(identifier name: String) {
            sql += PostgresStatement.quoted(name)
        }
    }

    /// Called by the compiler.
    public init(stringInterpolation: StringInterpolation) {
        sql = stringInterpolation.sql
        parameters = stringInterpolation.parameters
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

// SPDX-License-Identifier: Apache-2.0

/// Makes an error of what libpq says when a connection cannot be made.
///
/// libpq 15 gives no fields for this, only text; in verbose form the text holds the SQLSTATE between colons, as in
/// `FATAL:  28P01: password authentication failed`. Where the server never spoke, the words of libpq itself decide; they are
/// English, since this library never calls `setlocale`.
enum ConnectFailure {
    static func classify(_ text: String) -> PostgresError {
        let message = text.isEmpty ? "the connection failed" : text
        guard let state = sqlState(in: message) else {
            return PostgresError(codeWithoutState(message), message)
        }
        var error = PostgresError(.server, message, sqlState: state)
        error.severity = "FATAL"
        switch state.errorClass {
        case "28": error.code = .authentication
        // Connection exceptions, too many connections, shutting down or starting up: all pass.
        case "08", "53", "57": error.code = .connection
        default: error.code = .server
        }
        return error
    }

    private static func codeWithoutState(_ message: String) -> PostgresError.Code {
        let lower = message.lowercased()
        if lower.contains("no password supplied") { return .authentication }
        if lower.contains("certificate") || lower.contains("ssl error") || lower.contains("does not support ssl") {
            return .tls
        }
        return .connection
    }

    /// The last one: with `prefer`, libpq may have tried twice.
    private static func sqlState(in message: String) -> PostgresSQLState? {
        let words = message.split(separator: " ")
        for (word, next) in zip(words, words.dropFirst()).reversed() where word.hasSuffix(":") && next.hasSuffix(":") {
            let state = next.dropLast()
            if state.utf8.count == 5, state.allSatisfy({ $0.isASCII && ($0.isNumber || $0.isUppercase) }) {
                return PostgresSQLState(rawValue: String(state))
            }
        }
        return nil
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a gateway knows us by. It is shown nowhere.
struct ServerToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The token itself.
    let secret: String

    /// The longest token, in bytes.
    private static let maximumBytes = 16_384
    /// What stands where it would.
    private static let mask = "<token>"

    var description: String { Self.mask }
    var debugDescription: String { Self.mask }
    var customMirror: Mirror { Mirror(self, children: []) }

    /// The token that is given: on the command line, in a file, or in `MUSTER_TOKEN`; nil where there is none.
    ///
    /// - Throws: ``CommandFailure`` for a file that can't be read, and for what can't be a token.
    init?(_ options: ServerOptions, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        if let token = options.token {
            try self.init(token, from: "--token")
        } else if let file = options.tokenFile {
            try self.init(String(decoding: try Self.contents(of: file), as: UTF8.self), from: file)
        } else if let token = environment["MUSTER_TOKEN"], !token.isEmpty {
            try self.init(token, from: "MUSTER_TOKEN")
        } else {
            return nil
        }
    }

    /// The ID token of a CI job: in a file, or in `MUSTER_ID_TOKEN`.
    ///
    /// - Throws: ``CommandFailure`` where there is none.
    init(idTokenIn file: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        if let file {
            try self.init(String(decoding: try Self.contents(of: file), as: UTF8.self), from: file)
        } else if let token = environment["MUSTER_ID_TOKEN"], !token.isEmpty {
            try self.init(token, from: "MUSTER_ID_TOKEN")
        } else {
            throw CommandFailure(.usage, "there is no ID token: set MUSTER_ID_TOKEN, or use --id-token-file")
        }
    }

    private static func contents(of file: String) throws -> Data {
        guard let data = try? FileHandle(forReadingFrom: URL(filePath: file)).read(upToCount: maximumBytes + 1) else {
            throw CommandFailure(.usage, "\(file) can't be read, or is empty")
        }
        return data
    }

    /// - Throws: ``CommandFailure`` for what could not stand in the head of a request.
    init(_ text: String, from source: String) throws {
        secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...Self.maximumBytes).contains(secret.utf8.count),
            secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw CommandFailure(.usage, "\(source) does not contain a token") }
    }

    /// A text without the token, should somebody have sent it back.
    func masked(_ text: String) -> String { text.replacing(secret, with: Self.mask) }
}

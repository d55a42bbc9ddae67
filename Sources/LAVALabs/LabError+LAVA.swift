// SPDX-License-Identifier: Apache-2.0

import LAVA
import Labs

extension LabError {
    /// What a LAVA server, or the way to it, has said.
    init(_ error: LAVAError) {
        let kind: Kind =
            switch error.kind {
            case .refused(let message): .refused(message: message)
            case .unauthorized: .unauthorized
            case .notFound: .notFound
            case .throttled(let pause): .throttled(retryAfter: pause)
            case .server: .failed
            case .unexpected: .unintelligible
            case .tooLarge: .tooLarge
            case .transport: .unreachable
            case .busy: .busy
            case .timeout: .timeout
            case .cancelled: .cancelled
            }
        self.init(kind, isInDoubt: error.requestMayHaveBeenProcessed, "\(error)")
    }
}

extension LAVAError {
    /// A lab job whose name is no number is none of LAVA's.
    static let none = LAVAError(kind: .notFound, requestMayHaveBeenProcessed: false)
}

/// Does something at a LAVA server, and says in the fleet's terms what went wrong.
func asking<Value>(_ body: () async throws(LAVAError) -> Value) async throws(LabError) -> Value {
    do {
        return try await body()
    } catch {
        throw LabError(error)
    }
}

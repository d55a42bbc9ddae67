// SPDX-License-Identifier: Apache-2.0

internal import Connections

extension LAVAError {
    /// Reads what the HTTP client threw. Only what is known to have happened before the first byte was sent
    /// leaves no doubt; a connection that died in the pool looks like one that died under the request.
    static func transport(_ error: any Error, changesSomething: Bool) -> LAVAError {
        let failure = ConnectionFailure(error, authoritiesKey: "ca_file")
        let kind: Kind =
            switch failure.kind {
            case .canceled: .cancelled
            case .timeout: .timeout
            case .untrusted: .transport(reason: "TLS: \(failure.reason)")
            case .broken: .transport(reason: failure.reason)
            }
        return LAVAError(kind: kind, requestMayHaveBeenProcessed: changesSomething && !failure.wasNotSent)
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import HTTPExchange

extension LAVAError {
    /// What no whole answer means. Only what is known to have happened before the first byte was sent leaves no doubt.
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

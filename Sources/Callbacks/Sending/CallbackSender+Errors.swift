// SPDX-License-Identifier: Apache-2.0

import HTTPExchange

extension CallbackSender {
    static let tooLate = "no answer within the limit"

    /// What went wrong, in words for a person. They name no address: it may be one of an inner network.
    package static func callbackError(_ error: any Error) -> CallbackError {
        if let error = error as? CallbackError { return error }
        let failure = ConnectionFailure(error, authoritiesKey: "callback.ca_file")
        return switch failure.kind {
        case .canceled: .unreachable("this notifier was stopped")
        case .timeout: .timeout(failure.reason)
        case .untrusted: .unreachable("the receiver can't be trusted: \(failure.reason)")
        case .broken: .unreachable("the receiver can't be reached: \(failure.reason)")
        }
    }
}

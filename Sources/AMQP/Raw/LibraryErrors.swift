// SPDX-License-Identifier: Apache-2.0

internal import CRabbitMQ
internal import Glibc

extension AMQPError {
    /// What a status of the library means, in the words of the library.
    init(status: Int32, _ what: String) {
        let words = unsafe amqp_error_string2(status).map { unsafe String(cString: $0) } ?? "status \(status)"
        let code: Code =
            switch amqp_status_enum(rawValue: status) {
            case AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED, AMQP_STATUS_SSL_PEER_VERIFY_FAILED: .tls
            case AMQP_STATUS_BAD_AMQP_DATA, AMQP_STATUS_UNKNOWN_METHOD, AMQP_STATUS_UNKNOWN_CLASS: .protocolViolation
            default: .connectionLost
            }
        self.init(code, "\(what): \(words).", libraryStatus: status)
    }

    /// What a reply to a login means; nil if it succeeded.
    init?(login reply: amqp_rpc_reply_t, _ configuration: AMQPConfiguration) {
        switch unsafe reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return nil
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            let who = "user '\(configuration.user)' in virtual host '\(configuration.virtualHost)'"
            guard case .connectionClose(let reason) = unsafe ServerMethod(reply.reply) else {
                self.init(.protocolViolation, "The broker answered the login with something else.")
                return
            }
            // 403 is the user, 530 and 404 the virtual host; all else (320: shutting down) will pass. So does a limit of
            // connections, which comes as 530 too: "connection limit (5) is reached".
            let isRefused =
                [403, 404, 530].contains(reason.replyCode) && !reason.replyText.contains("connection limit")
            self.init(
                isRefused ? .authentication : .connectionLost,
                "The broker refused \(who).",
                replyCode: reason.replyCode,
                replyText: reason.replyText
            )
        default:
            let status = unsafe reply.library_error
            self.init(status: status, "There is no login at \(configuration.servers[0])")
        }
    }
}

extension timeval {
    /// A duration that is not negative.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = max(duration, .zero).components
        self.init(tv_sec: Int(clamping: seconds), tv_usec: Int(clamping: attoseconds / 1_000_000_000_000))
    }
}

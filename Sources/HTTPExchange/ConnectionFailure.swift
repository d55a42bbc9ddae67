// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Why an HTTP client got no answer, in a person's words: the text of a library's error means something only to those
/// who know the library, and may name an address of an inner network.
package struct ConnectionFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it was.
    package enum Kind: Sendable, Hashable {
        /// Whoever asked no longer waits.
        case canceled
        /// A limit in time was reached.
        case timeout
        /// The other side's identity could not be proven.
        case untrusted
        /// Everything else.
        case broken
    }

    package let kind: Kind
    /// Why, without the name of the other side, to stand behind a colon.
    package let reason: String
    /// Whether it is certain that the other side has heard nothing of the request.
    package let wasNotSent: Bool

    package var description: String { reason }

    private init(_ reason: String, _ kind: Kind = .broken, wasNotSent: Bool = false) {
        self.kind = kind
        self.reason = reason
        self.wasNotSent = wasNotSent
    }

    /// What an error of the HTTP client, or of a connection, means.
    ///
    /// - Parameter authoritiesKey: Where a person names further authorities.
    package init(_ error: any Error, authoritiesKey: String) {
        switch error {
        case let failure as ConnectionFailure: self = failure
        case is CancellationError: self.init("the request was canceled", .canceled)
        case let error as HTTPClientError: self.init(error)
        case let error as HTTPParserError: self.init(error)
        case let error as NIOConnectionError: self.init(error)
        case is SocketAddressError, is SocketAddressError.UnknownHost:
            self.init(Self.unknownName, wasNotSent: true)
        case let error as IOError:
            // Only connecting can be refused; a reset can meet a connection at any time.
            self.init(SystemError.words(error.errnoCode), wasNotSent: SystemError.isRefusal(error.errnoCode))
        case ChannelError.connectTimeout: self.init(Self.noConnection, .timeout, wasNotSent: true)
        default:
            if let words = TLSFailure.words(for: error, authoritiesKey: authoritiesKey) {
                self.init(words, .untrusted, wasNotSent: true)
            } else {
                self.init(Self.broken)
            }
        }
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .cancelled, .requestStreamCancelled: self.init("the request was canceled", .canceled)
        case .connectTimeout, .getConnectionFromPoolTimeout:
            self.init(Self.noConnection, .timeout, wasNotSent: true)
        case .tlsHandshakeTimeout: self.init("no TLS handshake within the limit", .timeout, wasNotSent: true)
        case .readTimeout, .writeTimeout, .deadlineExceeded: self.init("no answer within the limit", .timeout)
        case .remoteConnectionClosed: self.init(Self.closed)
        case .invalidURL, .emptyHost, .emptyScheme: self.init("its address is not a URL", wasNotSent: true)
        case .alreadyShutdown: self.init("this program is stopping", wasNotSent: true)
        case .proxyAuthenticationRequired:
            self.init("the proxy wants another user and password (HTTP 407)", wasNotSent: true)
        case .invalidProxyResponse: self.init("the proxy refuses to connect us", wasNotSent: true)
        case .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            self.init("the proxy did not connect us within the limit", .timeout, wasNotSent: true)
        default: self.init(Self.broken)
        }
    }

    private init(_ error: HTTPParserError) {
        switch error {
        case .invalidEOFState, .closedConnection: self.init(Self.closed)
        case .headerOverflow: self.init("the head of its answer is too large")
        default: self.init("what answers there does not speak HTTP")
        }
    }

    private init(_ error: NIOConnectionError) {
        let first = error.connectionErrors.first?.error
        if let number = (first as? IOError)?.errnoCode {
            self.init(SystemError.words(number), wasNotSent: true)
        } else if case ChannelError.connectTimeout? = first {
            self.init(Self.noConnection, .timeout, wasNotSent: true)
        } else if first == nil, error.dnsAError ?? error.dnsAAAAError != nil {
            self.init(Self.unknownName, wasNotSent: true)
        } else {
            self.init("no connection", wasNotSent: true)
        }
    }

    private static let unknownName = "its name is not known"
    private static let noConnection = "no connection within the limit"
    private static let closed = "it closed the connection and sent no whole answer"
    private static let broken = "the connection broke"
}

/// Says in a person's words why no trust came about between us and another side.
package enum TLSFailure {
    /// What went wrong in a TLS handshake.
    package enum Cause: Sendable {
        case otherName, badCertificate, noCertificate, noTLS, closed, oldVersion, wantsCertificate, other

        /// In words, without what could be done about it.
        package var words: String {
            switch self {
            case .otherName: "its certificate is for another name"
            case .badCertificate: "its certificate is not trusted"
            case .noCertificate: "it shows no certificate"
            case .noTLS: "what answers there does not speak TLS"
            case .closed: "it closed the connection during the TLS handshake"
            case .oldVersion: "it speaks no version of TLS that is secure"
            case .wantsCertificate: "it asks for a client's certificate"
            case .other: "the TLS handshake failed"
            }
        }
    }

    /// The cause of an error; `nil` if it is not about TLS.
    package static func cause(of error: any Error) -> Cause? {
        if let error = error as? NIOSSLExtraError { return error == .failedToValidateHostname ? .otherName : .other }
        switch error as? NIOSSLError {
        case .noCertificateToValidate?: return .noCertificate
        case .handshakeFailed(let reason)?: return cause(named: "\(reason)")
        default: return nil
        }
    }

    /// The words for an error; `nil` if it is not about TLS.
    ///
    /// - Parameter authoritiesKey: Where a person names further authorities.
    package static func words(for error: any Error, authoritiesKey: String) -> String? {
        switch cause(of: error) {
        case nil: nil
        case .badCertificate?:
            "its certificate has expired, or no authority known here vouches for it (\(authoritiesKey) names more)"
        case let cause?: cause.words
        }
    }

    /// BoringSSL's name of an error is all that tells one from another.
    private static func cause(named text: String) -> Cause {
        let causes: [(name: String, cause: Cause)] = [
            ("CERTIFICATE_VERIFY_FAILED", .badCertificate), ("WRONG_VERSION_NUMBER", .noTLS), ("HTTP_REQUEST", .noTLS),
            ("EOF during handshake", .closed), ("PROTOCOL_VERSION", .oldVersion), ("UNSUPPORTED_PROTOCOL", .oldVersion),
            ("CERTIFICATE_REQUIRED", .wantsCertificate),
        ]
        return causes.first { text.contains($0.name) }?.cause ?? .other
    }
}

/// The system's words for a failed connection.
enum SystemError {
    /// The words for an `errno`; like all of ours they begin with a small letter.
    static func words(_ number: CInt) -> String {
        guard let text = strerror(number).map({ String(cString: $0) }), let first = text.first else {
            return "no connection"
        }
        return first.lowercased() + text.dropFirst()
    }

    /// Whether nobody listens there.
    static func isRefusal(_ number: CInt) -> Bool { number == ECONNREFUSED }
}

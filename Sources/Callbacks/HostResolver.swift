// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation
import Synchronization

/// Looks up the addresses of a name, with a limit.
///
/// `getaddrinfo` blocks and has no limit of its own, so it runs on a queue apart from Swift's threads; past the limit
/// its answer is no longer waited for.
package struct HostResolver: Sendable {
    private static let queue = DispatchQueue(label: "muster.notifier.resolver", attributes: .concurrent)
    private let lookUp: @Sendable (String) throws -> [IPAddress]

    /// A resolver that asks the system, or `lookUp`.
    package init(lookUp: @escaping @Sendable (String) throws -> [IPAddress] = Self.askSystem) {
        self.lookUp = lookUp
    }

    /// The addresses of `host`, in the order in which they should be tried.
    ///
    /// - Throws: ``CallbackError`` when there is none, or none within `limit`.
    package func addresses(of host: String, limit: Duration) async throws -> [IPAddress] {
        try await withCheckedThrowingContinuation { continuation in
            let first = FirstAnswer(continuation)
            Self.queue.async { first.resume(with: Result { try lookUp(host) }) }
            Self.queue.asyncAfter(deadline: .now() + limit / .seconds(1)) {
                first.resume(with: .failure(CallbackError.timeout("the name lookup took too long")))
            }
        }
    }

    /// The system's answer, by `getaddrinfo`.
    package static func askSystem(_ host: String) throws -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        switch status {
        case 0: break
        case EAI_NONAME: throw CallbackError.unreachable("the receiver's name is not known")
        case EAI_AGAIN: throw CallbackError.unreachable("the receiver's name can't be looked up at present")
        default: throw CallbackError.unreachable("the receiver's name can't be looked up")
        }
        defer { freeaddrinfo(list) }
        let addresses = sequence(first: list, next: { $0?.pointee.ai_next }).prefix { $0 != nil }.compactMap { entry in
            entry?.pointee.ai_addr.flatMap { IPAddress($0) }
        }
        guard !addresses.isEmpty else { throw CallbackError.unreachable("the receiver's name has no address") }
        return addresses
    }
}

/// Resumes a continuation once, with whichever answer comes first.
private final class FirstAnswer: Sendable {
    private let continuation: Mutex<CheckedContinuation<[IPAddress], any Error>?>

    init(_ continuation: CheckedContinuation<[IPAddress], any Error>) {
        self.continuation = Mutex(continuation)
    }

    func resume(with result: Result<[IPAddress], any Error>) {
        let waiting = continuation.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        waiting?.resume(with: result)
    }
}

extension IPAddress {
    /// The address of a socket address; `nil` for another family.
    fileprivate init?(_ address: UnsafePointer<sockaddr>) {
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let bytes = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { four in
                withUnsafeBytes(of: four.pointee.sin_addr) { Array($0) }
            }
            self.init(bytes: bytes)
        case AF_INET6:
            let bytes = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { six in
                withUnsafeBytes(of: six.pointee.sin6_addr) { Array($0) }
            }
            self.init(bytes: bytes)
        default:
            return nil
        }
    }
}

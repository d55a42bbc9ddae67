// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// How often each route was asked, with numbers in paths made one.
final class RequestCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// The most routes that are told apart; what a client makes up beyond them is counted together.
    static let maximumRoutes = 200

    func add(_ request: RestRequest) {
        let parts = request.path.split(separator: "/").map { part in
            part.allSatisfy { ("0"..."9").contains($0) } ? "N" : String(part)
        }
        let route = "\(request.method) /\(parts.joined(separator: "/"))".prefix(200)
        counts.withLock { counts in
            let key = counts[String(route)] != nil || counts.count < Self.maximumRoutes ? String(route) : "other"
            counts[key, default: 0] += 1
        }
    }

    var all: [String: Int] { counts.withLock { $0 } }
}

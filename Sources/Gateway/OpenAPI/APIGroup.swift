// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Synchronization

/// The addresses of the API: each is added together with its description.
struct APIGroup {
    typealias Handler = @Sendable (Request, GatewayContext) async throws -> Response

    /// What all addresses begin with.
    static let root = "/api/v1"

    let group: RouterGroup<GatewayContext>
    let operations: APIOperations

    func get(_ path: String, _ operation: APIOperation, use handler: @escaping Handler) {
        add(.get, path, operation, handler)
    }

    func post(_ path: String, _ operation: APIOperation, use handler: @escaping Handler) {
        add(.post, path, operation, handler)
    }

    func patch(_ path: String, _ operation: APIOperation, use handler: @escaping Handler) {
        add(.patch, path, operation, handler)
    }

    func delete(_ path: String, _ operation: APIOperation, use handler: @escaping Handler) {
        add(.delete, path, operation, handler)
    }

    private func add(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ operation: APIOperation,
        _ handler: @escaping Handler
    ) {
        group.on(RouterPath(path), method: method, use: handler)
        var operation = operation
        operation.method = method.rawValue.lowercased()
        operation.path = "\(Self.root)/\(path)"
        operations.add(operation)
    }
}

/// All operations that routes were added for.
final class APIOperations: Sendable {
    private let operations = Mutex<[APIOperation]>([])

    var all: [APIOperation] { operations.withLock { $0 } }

    func add(_ operation: APIOperation) { operations.withLock { $0.append(operation) } }
}

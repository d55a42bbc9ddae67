// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Synchronization

/// `/api/v1`.
struct APIRoutes {
    let gateway: GatewayParts

    /// Adds all routes; the API's own description tells of those that `operations` has then.
    func add(to router: Router<GatewayContext>, operations: APIOperations = APIOperations()) {
        let api = APIGroup(group: router.group(RouterPath(APIGroup.root)), operations: operations)
        SubmissionRoutes(gateway: gateway).add(to: api)
        JobsetListRoute(gateway: gateway).add(to: api)
        JobsetRoutes(gateway: gateway).add(to: api)
        JobRoutes(gateway: gateway).add(to: api)
        AdditionRoutes(gateway: gateway).add(to: api)
        ActionRoutes(gateway: gateway).add(to: api)
        BulkRoutes(gateway: gateway).add(to: api)
        ResultRoutes(gateway: gateway).add(to: api)
        ReportRoutes(gateway: gateway).add(to: api)
        ComparisonRoute(gateway: gateway).add(to: api)
        ArchiveRoute(gateway: gateway).add(to: api)
        DeliveryRoutes(gateway: gateway).add(to: api)
        BackendRoutes(gateway: gateway).add(to: api)
        RejectedRoutes(gateway: gateway).add(to: api)
        DeadLetterRoutes(gateway: gateway).add(to: api)
        KnownIssueRoutes(gateway: gateway).add(to: api)
        TestHistoryRoute(gateway: gateway).add(to: api)
        WebhookRoutes(gateway: gateway).add(to: api)
        TokenRoutes(gateway: gateway).add(to: api)
        TokenExchangeRoute(gateway: gateway).add(to: api)
        AuditRoutes(gateway: gateway).add(to: api)
        CallerRoute(gateway: gateway).add(to: api)
        EventRoutes(gateway: gateway).add(to: api)
        DescriptionRoutes(gateway: gateway, operations: operations).add(to: api)
        ReportedResultRoute(gateway: gateway).add(to: api)
    }
}

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

// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetRuntime
import FleetStore
import HTTPTypes
import Hummingbird
import NIOCore

/// All of a jobset in one archive.
struct ArchiveRoute: Sendable {
    let gateway: GatewayParts

    /// How many seconds a definition waits for others' work.
    private static let patience = 60

    func add(to api: APIGroup) {
        api.get("jobsets/{jobset}/archive", .getArchive, use: archive)
    }

    private func archive(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        let jobset = try await gateway.readableJobset(context)
        guard let slot = gateway.downloads.take(for: context.caller.share) else { throw Refusal.busy() }
        let export = JobsetExport(of: jobset, in: gateway.store, labs: gateway.labs) { text in
            for _ in 0..<Self.patience {
                do {
                    return try await context.maskedDefinition(text)
                } catch is HeavyWork.Overload {
                    // Others come first: this one has begun, and can wait.
                    try await Task.sleep(for: .seconds(1))
                } catch is Refusal {
                    return nil
                }
            }
            throw Refusal.busy()
        }
        var headers: HTTPFields = [.contentType: "application/x-tar", .cacheControl: "no-store"]
        headers[.contentDisposition] = "attachment; filename=\"\(jobset.id.text).tar\""
        let (store, pace) = (gateway.store, StreamPace(token: context.caller.tokenID))
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody { writer in
                var sink = ResponseSink(writer: writer, store: store, pace: pace)
                try await export.write(to: &sink)
                try await sink.writer.finish(nil)
                withExtendedLifetime(slot) {}
            }
        )
    }
}

/// Sends an archive as the body of an answer.
private struct ResponseSink: ArchiveSink {
    var writer: any ResponseBodyWriter
    let store: FleetStore
    var pace: StreamPace

    /// - Throws: ``Refusal`` once the token is good no more: then the archive is not whole, and its client sees that.
    @concurrent mutating func write(_ bytes: [UInt8]) async throws {
        guard try await pace.isAllowed(store) else { throw Refusal.unauthorized(isTokenBad: true) }
        try await writer.write(ByteBuffer(bytes: bytes))
    }
}

extension APIOperation {
    fileprivate static let getArchive = APIOperation(
        id: "getArchive",
        summary:
            "All that is kept of a jobset: jobs, definitions, results, deliveries and the report, as a tar archive",
        answers: [
            "200": [
                "description": "The archive",
                "content": ["application/x-tar": ["schema": ["type": "string", "format": "binary"]]],
            ]
        ]
    )
}

// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import Foundation
internal import HTTPExchange
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// One page of any list, as far as it was taken.
struct ListPage<Value: Sendable>: Sendable {
    /// What was made of the rows.
    var values: [Value] = []
    /// How many rows came; the next page begins this much further on.
    var rowCount = 0
    /// How many of them could not be read, and what was wrong with the first.
    var unreadable = 0
    var firstFault: String?
    /// How many rows there are in all, as the lab counted, from 0 to the largest 32-bit number; nil if it did not say.
    var count: Int?
    /// Whether there may be more.
    var hasMore = false
    /// Whether not all was taken that the lab sent; then the next page is asked for with no more rows than came.
    var isCut = false
    /// The lab's clock when it answered, to the second.
    var date: Date?
}

extension LAVAClient {
    /// Sends a request for a page of a list and reads it row by row, no more rows than were asked for.
    ///
    /// - Parameter convert: Makes of a row what is kept; nil leaves it out. It is called while the answer comes in, so
    ///   it must be quick.
    func list<Row: Decodable, Value: Sendable>(
        _ request: LAVARequest,
        _ limits: RowScanner.Limits,
        _ convert: @escaping @Sendable (Row) -> Value?
    ) async throws(LAVAError) -> ListPage<Value> {
        let maximumBytes = lab.maximumResponseBytes
        return try await exchange(request) { response in
            try await Self.requireJSON(response, request)
            var page = ListPage<Value>()
            let scanner = try await Self.scan(response, .list, limits, maximumBytes, request) { row in
                do {
                    guard let row else { throw RowTooLarge() }
                    if let value = convert(try JSONDecoder().decode(Row.self, from: Data(row))) {
                        page.values.append(value)
                    }
                } catch {
                    page.unreadable += 1
                    page.firstFault = page.firstFault ?? AnswerText.reason(ofDecoding: error)
                }
            }
            page.rowCount = scanner.rowCount
            page.isCut = scanner.isCut
            page.hasMore = scanner.hasNext || scanner.isCut
            page.count = Self.count(scanner.count)
            page.date = response.headers.first(name: "date").flatMap(HTTPDate.parse)
            return page
        }
    }

    /// Sends a request for one row.
    func row<Row: Decodable & Sendable>(_ type: Row.Type, _ request: LAVARequest) async throws(LAVAError) -> Row {
        let maximumBytes = lab.maximumResponseBytes
        return try await exchange(request) { response in
            try await Self.requireJSON(response, request)
            var bytes: [UInt8]?
            _ = try await Self.scan(response, .row, RowScanner.Limits(rows: 1), maximumBytes, request) { bytes = $0 }
            guard let bytes else { throw Self.senseless(request, "it is too large") }
            do {
                return try JSONDecoder().decode(type, from: Data(bytes))
            } catch {
                throw Self.senseless(request, AnswerText.reason(ofDecoding: error))
            }
        }
    }

    private struct RowTooLarge: Error {}

    /// An answer for people is read as far as its first words, which are told.
    private static func requireJSON(_ response: HTTPClientResponse, _ request: LAVARequest) async throws {
        guard !LAVAResponse(response).isJSON else { return }
        try requireJSON(LAVAResponse(response, body: try await beginning(of: response)), request)
    }

    private static func scan(
        _ response: HTTPClientResponse,
        _ shape: RowScanner.Shape,
        _ limits: RowScanner.Limits,
        _ maximumBytes: Int,
        _ request: LAVARequest,
        _ take: ([UInt8]?) -> Void
    ) async throws -> RowScanner {
        var scanner = RowScanner(shape, limits)
        var size = 0
        do {
            for try await piece in response.body {
                size += piece.readableBytes
                if size > maximumBytes {
                    guard scanner.cut() else {
                        throw LAVAError(
                            kind: .tooLarge(limit: maximumBytes),
                            requestMayHaveBeenProcessed: request.changesSomething
                        )
                    }
                    break
                }
                try piece.withUnsafeReadableBytes { bytes throws(RowScanner.Failure) in try scanner.read(bytes, take) }
                if scanner.isDone { break }
            }
            try scanner.finish()
        } catch let failure as RowScanner.Failure {
            switch failure {
            case .notJSON: throw senseless(request, "it is not valid JSON")
            case .noResults: throw senseless(request, "no \"results\" in \"\"")
            }
        }
        return scanner
    }

    /// A number of rows as the lab wrote it, whatever it wrote.
    static func count(_ text: [UInt8]) -> Int? {
        let text = String(decoding: text, as: UTF8.self)
        let maximum = Int(Int32.max)
        if let number = Int(text) { return min(max(0, number), maximum) }
        guard let number = Double(text), !number.isNaN else { return nil }
        return number >= Double(maximum) ? maximum : number <= 0 ? 0 : Int(number)
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// More rows than anybody asked for: the same thousand again and again, so that they cost the client more than the lab.
struct RowFlood: Sendable {
    private enum Kind { case tests, suites, jobs, numbers }

    private let kind: Kind
    private let rows: Int
    private let name: String

    /// How many rows go out at once.
    private static let rowsInPiece = 1_000

    /// Nil for a request that is answered by no list.
    init?(_ malice: Malice, of request: RestRequest, size: Int?) {
        switch (request.method, request.path.split(separator: "/").last) {
        case ("GET", "tests"): kind = .tests
        case ("GET", "suites"): kind = .suites
        case ("GET", "jobs"): kind = .jobs
        case ("POST", "jobs"): kind = .numbers
        default: return nil
        }
        rows = size ?? (malice == .longNames ? 100_500 : 700_000)
        name = malice == .longNames ? String(repeating: "n", count: 500) : "case"
    }

    /// The body, in pieces.
    func pieces(_ channel: any Channel) -> FaultPlay.Pieces {
        let whole = max(0, rows - 1) / Self.rowsInPiece
        // The last row has no comma behind it.
        let closing = "\(text(rows - whole * Self.rowsInPiece).dropLast())]}"
        let (opening, thousand) = (opening, ByteBuffer(string: whole > 0 ? text(Self.rowsInPiece) : ""))
        return FaultPlay.Pieces(channel: channel) { number in
            switch number {
            case 0: ByteBuffer(string: opening)
            case 1..<whole + 1: thousand
            case whole + 1: ByteBuffer(string: closing)
            default: nil
            }
        }
    }

    private var opening: String {
        kind == .numbers
            ? #"{"message":"job(s) successfully submitted","job_ids":["#
            : #"{"count":\#(rows),"next":null,"previous":null,"results":["#
    }

    /// So many rows, a comma behind each.
    private func text(_ count: Int) -> String { (0..<count).map { row($0) + "," }.joined() }

    private func row(_ number: Int) -> String {
        // Far from the lab's own numbers.
        let id = 1_000_000_000 + number
        return switch kind {
        case .tests:
            #"{"id":\#(id),"name":"\#(name)_\#(number)","result":"pass","metadata":"definition: flood\n","suite":1}"#
        case .suites: #"{"id":\#(id),"name":"\#(name)_\#(number)","job":1}"#
        case .jobs:
            #"{"id":\#(id),"state":"Finished","health":"Complete","description":"\#(name)","#
                + #""end_time":"2026-01-01T00:00:00.000000Z","definition":"a: 1\n"}"#
        case .numbers: "\(id)"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOWebSocket

/// What a malicious lab says to everyone who listens.
enum StreamMalice: String, Sendable, Codable, CaseIterable {
    /// Ends of jobs, twenty thousand a second.
    case flood
    /// Texts of 2 MiB.
    case hugeFrames
    /// Texts that are nested 100,000 levels deep.
    case deepFrames
    /// Ends of jobs with the numbers 10^30 and -1.
    case hugeNumbers
    /// Arrays and objects of other types than LAVA's.
    case wrongTypes
    /// Pings, twenty thousand a second.
    case pings
    /// Messages whose pieces never come to an end.
    case endlessFragments
    /// Bytes that are no text.
    case binary

    /// How often frames go out.
    static let pause = Duration.milliseconds(10)

    /// The frames of one turn.
    func frames(turn: Int) -> [WebSocketFrame] {
        switch self {
        case .flood: (0..<200).map { text(Self.end(of: "\(turn * 200 + $0 + 1)")) }
        case .hugeFrames: [text(String(repeating: "[", count: 2 * 1024 * 1024))]
        case .deepFrames:
            [text(String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000))]
        case .hugeNumbers: [text(Self.end(of: "1" + String(repeating: "0", count: 30))), text(Self.end(of: "-1"))]
        case .wrongTypes:
            [#"[1, 2, 3, 4, 5]"#, #"{"a": []}"#, "null", #"["org.lavasoftware.testjob", "", "", "", {"job": "1"}]"#]
                .map(text)
        case .pings: (0..<200).map { _ in WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer(string: "ping")) }
        case .endlessFragments:
            [
                WebSocketFrame(
                    fin: false,
                    opcode: turn == 0 ? .text : .continuation,
                    data: ByteBuffer(string: String(repeating: " ", count: 16_384))
                )
            ]
        case .binary:
            [WebSocketFrame(fin: true, opcode: .binary, data: ByteBuffer(repeating: 0xFF, count: 4_096))]
        }
    }

    private func text(_ text: String) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text))
    }

    private static func end(of job: String) -> String {
        let data = #"{\"health\": \"Complete\", \"state\": \"Finished\", \"job\": \#(job), \"description\": \"flood\"}"#
        return #"["org.lavasoftware.testjob", "flood", "2026-01-01T00:00:00.000000", "admin", "\#(data)"]"#
    }
}

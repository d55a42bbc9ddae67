// SPDX-License-Identifier: Apache-2.0

/// Which headers a callback may carry: names and values by RFC 9110, section 5, and none that Muster sets itself.
enum HeaderRule {
    /// Headers that belong to the connection or to the request's shape, or that Muster sets.
    private static let reserved: Set<String> = [
        "connection", "content-encoding", "content-length", "content-type", "expect", "host", "http2-settings",
        "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "user-agent",
    ]

    /// What is wrong with a name, or `nil` when nothing is.
    static func complaint(aboutName name: String, maximumBytes: Int) -> String? {
        guard !name.isEmpty else { return "is a header without a name" }
        guard name.utf8.count <= maximumBytes else { return "is longer than \(maximumBytes) bytes" }
        guard name.utf8.allSatisfy(isTokenByte) else { return "is not a name that a header can have" }
        let lowercased = name.lowercased()
        guard !reserved.contains(lowercased), !lowercased.hasPrefix("webhook-") else {
            return "is a header that Muster sets itself"
        }
        return nil
    }

    /// What is wrong with a value, or `nil` when nothing is.
    static func complaint(aboutValue value: String, maximumBytes: Int) -> String? {
        let bytes = value.utf8
        guard bytes.count <= maximumBytes else { return "is longer than \(maximumBytes) bytes" }
        guard bytes.allSatisfy({ $0 == 0x09 || (0x20...0x7E).contains($0) }) else {
            return "has a character in it that a header can't carry: use printable ASCII"
        }
        let blanks: [UInt8] = [0x09, 0x20]
        guard bytes.first.map({ !blanks.contains($0) }) ?? true, bytes.last.map({ !blanks.contains($0) }) ?? true else {
            return "begins or ends with white space"
        }
        return nil
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

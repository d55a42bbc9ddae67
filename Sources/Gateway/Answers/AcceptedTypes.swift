// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The media types that a client takes (RFC 9110, section 12.5.1).
struct AcceptedTypes {
    private let ranges: [(type: String, subtype: String, quality: Double)]

    /// The most ranges that are looked at.
    private static let maximumRanges = 50

    init(_ header: String) {
        ranges = header.split(separator: ",").prefix(Self.maximumRanges).compactMap { part in
            let pieces = part.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
            let type = (pieces.first ?? "").split(separator: "/", maxSplits: 1).map(String.init)
            guard type.count == 2 else { return nil }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return (type[0], type[1], min(1, max(0, quality)))
        }
    }

    /// How welcome a media type is, from 0 (not at all) to 1. The most specific range decides.
    func quality(of mediaType: String) -> Double {
        let bare = mediaType.split(separator: ";").first.map(String.init) ?? mediaType
        let parts = bare.lowercased().split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return 0 }
        let exact = ranges.first { $0.type == parts[0] && $0.subtype == parts[1] }
        let family = ranges.first { $0.type == parts[0] && $0.subtype == "*" }
        let any = ranges.first { $0.type == "*" && $0.subtype == "*" }
        return (exact ?? family ?? any)?.quality ?? 0
    }
}

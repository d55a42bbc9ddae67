// SPDX-License-Identifier: Apache-2.0

/// Where a callback, report or mail goes. What a publisher gave may hold a token in its query (GitLab's triggers do), so
/// an address describes and encodes itself without it; ``reveal`` gives all of it.
package struct ReceiverAddress: Sendable, Hashable {
    /// The whole address. Hand it to what needs it; don't keep it in anything that can be printed.
    package let reveal: String

    package init(_ address: String) { reveal = address }

    /// The address without its query and fragment.
    package var masked: String {
        guard let query = reveal.firstIndex(where: { $0 == "?" || $0 == "#" }) else { return reveal }
        return reveal[..<query] + "?…"
    }
}

extension ReceiverAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { masked }
    package var debugDescription: String { masked }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension ReceiverAddress: Codable {
    package init(from decoder: any Decoder) throws {
        reveal = try decoder.singleValueContainer().decode(String.self)
    }

    /// As it is shown: what may be a secret is not encoded.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(masked)
    }
}

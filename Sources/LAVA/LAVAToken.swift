// SPDX-License-Identifier: Apache-2.0

/// A LAVA API token. It can be sent, but no description, dump or interpolation shows it.
public struct LAVAToken: Sendable, Equatable {
    /// The token itself, for the header alone.
    let value: String

    /// Takes a token as the lab gave it; white space around it is dropped, since it often comes out of a file.
    public init(_ value: String) {
        self.value = String(value.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension LAVAToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `***`.
    public var description: String { "***" }

    /// Always `***`.
    public var debugDescription: String { "***" }

    /// Empty, so that `dump` finds nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

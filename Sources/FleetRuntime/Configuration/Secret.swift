// SPDX-License-Identifier: Apache-2.0

/// A value that must not reach a log, an error or a description: a token, a password, a URL that holds one.
///
/// Printing, interpolating, dumping or reflecting a secret gives `***`. ``reveal`` gives the value, at the place
/// of use and nowhere else.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The value itself. Hand it to what needs it; don't keep it in anything that can be printed.
    package let reveal: String

    /// Guards `value`.
    package init(_ value: String) {
        self.reveal = value
    }

    /// Always `***`.
    package var description: String { "***" }

    /// Always `***`.
    package var debugDescription: String { "***" }

    /// A mirror that shows nothing.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

// SPDX-License-Identifier: Apache-2.0

/// Which text the database can keep: all of Unicode but NUL, which JSON can spell and PostgreSQL has neither in `text` nor
/// in `jsonb`. Halves of surrogate pairs, the other thing that it refuses, can't be in a `String`.
///
/// The one check of its kind: what somebody asks for is refused by ``complaint(about:)``, what is only told of, such as
/// the words of a lab, is mended by `storable`.
package enum StorableText {
    /// What is wrong with `text`, or `nil` when nothing is.
    package static func complaint(about text: String) -> String? {
        isStorable(text) ? nil : "has a NUL character (U+0000) in it, which can't be stored"
    }

    /// Whether the database can keep it as it is.
    package static func isStorable(_ text: String) -> Bool { !text.utf8.contains(0) }
}

extension String {
    /// With `�` in place of what the database can't keep.
    package var storable: String {
        guard !StorableText.isStorable(self) else { return self }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: unicodeScalars.lazy.map { $0 == "\0" ? "\u{FFFD}" : $0 })
        return String(scalars)
    }
}

// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// `timestamptz`, exact to its microsecond for about 270 years around 2001; beyond, as exact as a `Date` is.
extension Date: PostgresEncodable, PostgresDecodable {
    /// `timestamptz`
    public static var postgresType: PostgresType { .timestamptz }

    /// In UTC, to the nearest microsecond.
    public func postgresText() throws(PostgresError) -> String? {
        guard let text = TimestampText.write(timeIntervalSinceReferenceDate) else {
            throw PostgresError(.encoding, "a date is beyond what timestamptz can hold")
        }
        return text
    }

    /// From `timestamptz`; `infinity` is an error, since a `Date` has none.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .timestamptz, let text = cell.text else { throw cell.mismatch(Date.self) }
        guard let interval = TimestampText.read(text) else {
            throw cell.mismatch(Date.self, "not a finite time in UTC")
        }
        self.init(timeIntervalSinceReferenceDate: interval)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Why a message was not taken.
package struct SMTPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The status of the server's refusal, as `550`; `nil` when its last reply was none.
    package var status: Int?
    /// In libcurl's words, which hold nothing that the server or a message says.
    package var reason: String
    /// Whether another try can't end otherwise: the server refused this message, by a status of 500 and above.
    /// A refused password or a missing STARTTLS is for the operator to mend, after which the message can go.
    package var isPermanent: Bool

    /// The reason and the status.
    package var description: String { status.map { "\(reason) (SMTP status \($0))" } ?? reason }
}

// SPDX-License-Identifier: Apache-2.0

/// What a mailed report looks like.
package enum MailFormat: String, Sendable, Codable, CaseIterable {
    /// Text and HTML, a mail for each receiver.
    case html
    /// Plain text as mailing lists take it, one message to all receivers.
    case text
}

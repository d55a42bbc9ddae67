// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

extension Refusal {
    /// The body has more bytes than are taken.
    static func tooLarge(limit: Int?) -> Refusal {
        Refusal(
            "too-large",
            "The request is too large",
            status: 413,
            detail: limit.map { "The body can have at most \($0) bytes." } ?? "The body is too large.",
            closes: true
        )
    }

    /// The body has not come in time.
    static func tooSlow(limit: Duration) -> Refusal {
        Refusal(
            "too-slow",
            "The request took too long",
            status: 408,
            detail: "The body did not arrive within \(limit.components.seconds) s.",
            closes: true
        )
    }

    /// The client has left before its body had come.
    static var incomplete: Refusal {
        Refusal(
            "incomplete",
            "The request is incomplete",
            status: 400,
            detail: "The connection ended before the body did.",
            closes: true
        )
    }

    /// The body comes in more chunks than its size needs.
    static var tooManyPieces: Refusal {
        Refusal(
            "too-many-chunks",
            "The request comes in too many small chunks",
            status: 400,
            detail: "Send the body with a Content-Length, or in larger chunks.",
            closes: true
        )
    }

    /// The body is of a type that is not taken.
    static func unsupportedType(_ found: String?, wanted: [String]) -> Refusal {
        Refusal(
            "unsupported-type",
            "The body's type is not supported",
            status: 415,
            detail: "\(found.map { "\($0) is not taken here" } ?? "A Content-Type is needed"); "
                + "send \(wanted.joined(separator: " or ")).",
            headers: [.accept: wanted.joined(separator: ", ")]
        )
    }
}

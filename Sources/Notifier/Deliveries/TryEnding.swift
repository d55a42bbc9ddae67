// SPDX-License-Identifier: Apache-2.0

/// How one try of a delivery ended.
enum TryEnding: Sendable, Equatable {
    /// It was taken.
    case taken
    /// The receiver said that it is gone for good: HTTP 410.
    case gone
    /// The receiver will never take it, and said why.
    case refused
    /// It was not taken; `isBusy` after a timeout or HTTP 429.
    case notTaken(isBusy: Bool, retryAfter: Duration?)
    /// It can't be made as the jobset wants it, and never will.
    case unusable
    /// There was nothing to deliver yet, through a fault on our side.
    case unbuilt
    /// It waits for something that is on its way: this was no try.
    case awaited
}

/// One try of a delivery, as it is recorded.
struct TryResult: Sendable, Equatable {
    var ending: TryEnding
    var status: Int?
    var error: String?
    var response: String?
    /// What an operator may know of it, and nobody else: it goes to the log alone.
    var detail: String?
}

// SPDX-License-Identifier: Apache-2.0

/// A page that says why there is no other.
public struct FailureView: PageContent {
    /// Its template.
    public static let template = "failure"
    /// What is wrong.
    public var title: String { failure }
    let failure: String
    let detail: String

    /// What went wrong, in short and in words.
    public init(title: String, detail: String) {
        failure = Shown.line(title)
        self.detail = Shown.line(detail, limit: 500)
    }
}

/// Where a token is asked for.
public struct LoginView: PageContent {
    /// Its template.
    public static let template = "login"
    /// What it is for.
    public var title: String { "Sign in" }
    let next: String

    /// A form that leads to the page `next`.
    public init(next: String) {
        self.next = next
    }
}

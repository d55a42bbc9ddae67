// SPDX-License-Identifier: Apache-2.0

/// A page that says why there is no other.
package struct FailureView: PageContent {
    package static let template = "failure"
    package var title: String { failure }
    let failure: String
    let detail: String

    /// What went wrong, in short and in words.
    package init(title: String, detail: String) {
        failure = PageText.line(title)
        self.detail = PageText.line(detail, limit: 500)
    }
}

/// Where a token is asked for.
package struct LoginView: PageContent {
    package static let template = "login"
    /// What it is for.
    package var title: String { "Sign in" }
    let next: String

    /// A form that leads to the page `next`.
    package init(next: String) {
        self.next = next
    }
}

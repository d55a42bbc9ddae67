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

/// A page that leads on by itself, once somebody is signed in.
package struct SignedInView: PageContent {
    package static let template = "signedIn"
    package var title: String { "Signed in" }
    let name: String
    let next: String

    /// A page that leads to the page `next`.
    package init(name: String, next: String) {
        self.name = PageText.line(name)
        self.next = next
    }
}

/// Where a token is asked for.
package struct LoginView: PageContent {
    package static let template = "login"
    /// What it is for.
    package var title: String { "Sign in" }
    let next: String
    let ways: [Way]
    let hasWays: Bool

    /// An identity provider to sign in with.
    package struct Way: Sendable {
        let label: String
        let link: String

        package init(label: String, link: String) {
            self.label = PageText.line(label)
            self.link = link
        }
    }

    /// A form that leads to the page `next`.
    package init(next: String, ways: [Way] = []) {
        self.next = next
        self.ways = ways
        hasWays = !ways.isEmpty
    }
}

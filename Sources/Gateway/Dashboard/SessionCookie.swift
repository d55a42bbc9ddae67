// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import OpenIDConnect

/// The cookie in which a browser keeps the token that somebody signed in with: there is none before that.
///
/// It goes along with requests of the dashboard's own pages alone (`SameSite=Strict`), no script can read it, and it is
/// gone with the browser. It counts for reading anywhere; a change asks for the form's proof as well.
struct SessionCookie: Sendable {
    /// Whether browsers reach the gateway by HTTPS: then the cookie travels by nothing else.
    let isSecure: Bool

    init(publicURL: String?) { isSecure = publicURL?.lowercased().hasPrefix("https://") ?? false }

    private var name: String { isSecure ? "__Host-muster" : "muster" }
    private var attributes: String { "; Path=/; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "") }

    /// The token in a request's cookie.
    func token(of request: Request) -> String? {
        request.cookies[name]?.value
    }

    /// Has the browser keep a token.
    func keep(_ token: String) -> String { "\(name)=\(token)\(attributes)" }

    /// Has the browser forget it.
    var forget: String { "\(name)=; Max-Age=0\(attributes)" }

    /// What a browser keeps while its user signs in at an identity provider. The provider sends it back, so it must come
    /// along with requests that begin at another site (`SameSite=Lax`).
    private var pendingName: String { name + "-sign-in" }
    private static let pendingSeconds = 600

    /// The sign-in that this browser has begun.
    func pending(of request: Request) -> PendingSignIn? {
        request.cookies[pendingName].flatMap { PendingSignIn($0.value) }
    }

    /// Has the browser keep a sign-in that has begun.
    func keep(_ pending: PendingSignIn) -> String {
        "\(pendingName)=\(pending.text); Max-Age=\(Self.pendingSeconds)\(pendingAttributes)"
    }

    /// Has it forget that.
    var forgetPending: String { "\(pendingName)=; Max-Age=0\(pendingAttributes)" }

    private var pendingAttributes: String { "; Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "") }

    /// What the forms of this session hold: whoever knows it has the cookie, or a page that was made for it.
    static func proof(of token: String) -> String {
        SHA256.hash(data: Data("muster form of \(token)".utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 0xF, radix: 16)
        }.joined()
    }
}

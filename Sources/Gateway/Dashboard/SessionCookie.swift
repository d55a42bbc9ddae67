// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import HTTPTypes
import Hummingbird

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

    /// What the forms of this session hold: whoever knows it has the cookie, or a page that was made for it.
    static func proof(of token: String) -> String {
        SHA256.hash(data: Data("muster form of \(token)".utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 0xF, radix: 16)
        }.joined()
    }
}

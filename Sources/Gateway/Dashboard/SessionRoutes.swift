// SPDX-License-Identifier: Apache-2.0

import Crypto
import Dashboard
import Fleet
import FleetOperations
import FleetRuntime
import Foundation
import HTTPTypes
import Hummingbird
import OpenIDConnect

/// Signing in and out.
struct SessionRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("login", use: form)
        group.post("login", use: signIn)
        group.post("logout", use: signOut)
    }

    private func form(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let next = Self.page(request.uri.queryParameters["next"].map(String.init))
        return gateway.loginPage(next: next, request, context)
    }

    private func signIn(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let form: FormFields
        do {
            form = try await FormFields(request, gateway, context)
        } catch {
            try gateway.allowances.take(from: context.address)
            throw error
        }
        let next = Self.page(form.text("next"))
        let token = form.text("token") ?? ""
        // What may stand in a cookie as it is, so that nothing but a token gets there.
        let isSafe = token.utf8.allSatisfy(Self.isTokenByte)
        guard try await gateway.tokens.holder(of: token, from: context.address) != nil, isSafe else {
            let words = "The token is unknown, expired or revoked."
            return gateway.loginPage(next: next, problem: words, status: .unauthorized, request, context)
        }
        return .seeOther(next, cookie: gateway.session.keep(token))
    }

    private func signOut(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (_, signed) = try await gateway.signedForm(request, context)
        // Nobody else has the token of a sign-in.
        if signed.caller.isIdentity, let id = signed.caller.tokenID {
            try await gateway.operations.endToken(id, by: signed.actor())
        }
        return .seeOther("/login", cookie: gateway.session.forget)
    }

    /// Whether a request is for the page on which people sign in, or for what belongs to it.
    static func isWayIn(_ request: Request) -> Bool {
        let path = request.uri.path
        let isOther = path.hasPrefix("/login/") || path.hasPrefix(DashboardAsset.folder)
        return path == "/login" || isOther && request.method != .post
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// A page of ours; for anything else, which may lead to another site, the first.
    static func page(_ path: String?) -> String {
        guard let path, path.utf8.count <= 1_000, path.hasPrefix("/"), !path.hasPrefix("//"), !path.hasPrefix("/\\"),
            path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return "/" }
        return path
    }
}

extension GatewayParts {
    /// The page on which people sign in.
    func loginPage(
        next: String,
        problem: String? = nil,
        status: HTTPResponse.Status = .ok,
        _ request: Request,
        _ context: GatewayContext
    ) -> Response {
        let ways = identities.forPeople.map { provider in
            LoginView.Way(label: provider.label, link: IdentityRoutes.path(of: provider.name, next: next))
        }
        return page(
            LoginView(next: next, ways: ways),
            for: reader(request, context),
            request,
            notice: problem.map { PageNotice($0, isBad: true) },
            status: status
        )
    }

    /// A form of somebody who is signed in, and the context with that caller.
    ///
    /// - Throws: ``Refusal`` for a form of another site, without a session, or without the session's proof.
    func signedForm(_ request: Request, _ context: GatewayContext) async throws -> (FormFields, GatewayContext) {
        try FormFields.requireOurs(request, self)
        guard let token = session.token(of: request), let caller = try await access.caller(token: token) else {
            throw Refusal.unauthorized()
        }
        let form = try await FormFields(request, self, context)
        guard form.text("csrf") == SessionCookie.proof(of: token) else { throw Refusal.strangeForm }
        var context = context
        context.caller = caller
        return (form, context)
    }
}

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

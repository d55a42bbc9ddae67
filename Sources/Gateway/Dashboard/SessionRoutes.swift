// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import HTTPTypes
import Hummingbird

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
        return gateway.page(LoginView(next: next), for: gateway.reader(request, context), request)
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
            return gateway.page(
                LoginView(next: next),
                for: gateway.reader(request, context),
                request,
                notice: PageNotice("The token is unknown, expired or revoked.", isBad: true),
                status: .unauthorized
            )
        }
        return .seeOther(next, cookie: gateway.session.keep(token))
    }

    private func signOut(_ request: Request, _ context: GatewayContext) async throws -> Response {
        _ = try await gateway.signedForm(request, context)
        return .seeOther("/login", cookie: gateway.session.forget)
    }

    /// Whether a request is for the page on which people sign in, or for what belongs to it.
    static func isWayIn(_ request: Request) -> Bool {
        let path = request.uri.path
        return path == "/login" || path.hasPrefix(DashboardAsset.folder) && request.method != .post
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

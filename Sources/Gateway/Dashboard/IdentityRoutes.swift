// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import FleetRuntime
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import OpenIDConnect

/// Signing in with an identity provider.
struct IdentityRoutes: Sendable {
    let gateway: GatewayParts

    /// The longest code and state that are looked at, in bytes.
    private static let maximumCodeBytes = 4_096

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("login/{provider}", use: begin)
        group.get("login/{provider}/callback", use: finish)
    }

    /// The address at which a sign-in with this provider begins.
    static func path(of provider: String, next: String) -> String {
        let safe = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~/"))
        return "/login/\(provider)?next=\(next.addingPercentEncoding(withAllowedCharacters: safe) ?? "/")"
    }

    private func begin(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let signIn = try signIn(context)
        let next = SessionRoutes.page(request.uri.queryParameters["next"].map(String.init))
        do {
            let (url, pending) = try await gateway.askingProvider(gateway.signIns, context) {
                try await signIn.begin(next: next)
            }
            return .seeOther(url, cookie: gateway.session.keep(pending))
        } catch let failure as IdentityFailure {
            return refuse(failure, next: next, request, context)
        }
    }

    private func finish(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let signIn = try signIn(context)
        let query = request.uri.queryParameters
        guard let pending = gateway.session.pending(of: request),
            pending.provider == context.parameters.get("provider"),
            let state = query["state"].map(String.init), state == pending.state
        else {
            let words = "This sign-in was not begun in this browser, or more than 10 minutes ago. Try again."
            return answer(gateway.loginPage(next: "/", problem: words, status: .badRequest, request, context))
        }
        guard let code = query["code"].map(String.init), !code.isEmpty, code.utf8.count <= Self.maximumCodeBytes else {
            // RFC 6749, section 4.1.2.1: a word such as access_denied.
            let word = query["error"].map { HarmlessText.line(String($0), limit: 50) } ?? "no code"
            let words = "The identity provider did not sign you in (\(word))."
            return answer(gateway.loginPage(next: pending.next, problem: words, status: .forbidden, request, context))
        }
        // Each asks the provider in our name, which may take us for a guesser.
        if let seconds = gateway.signInLimiter.take(Allowances.key(of: context.address)) {
            throw Refusal.tooMany(retryAfter: seconds)
        }
        do {
            let identity = try await gateway.askingProvider(gateway.signIns, context) {
                try await signIn.finish(code: code, pending)
            }
            let made = try await gateway.token(for: identity, lifetime: signIn.lifetime, "sign in", context)
            return signedIn(identity, made.text, next: SessionRoutes.page(pending.next), request, context)
        } catch let failure as IdentityFailure {
            return answer(refuse(failure, next: pending.next, request, context))
        }
    }

    /// Leads on from a page of ours: a browser sends a cookie of `SameSite=Strict` with nothing that begins at another
    /// site, and a redirect would.
    private func signedIn(
        _ identity: Identity,
        _ token: String,
        next: String,
        _ request: Request,
        _ context: GatewayContext
    ) -> Response {
        var response = gateway.page(
            SignedInView(name: identity.name, next: next),
            for: gateway.reader(request, context),
            request
        )
        response.headers.append(HTTPField(name: .setCookie, value: gateway.session.keep(token)))
        if let refresh = HTTPField.Name("Refresh") { response.headers[refresh] = "0; url=\(next)" }
        return answer(response)
    }

    /// What has begun is over.
    private func answer(_ response: Response) -> Response {
        var response = response
        response.headers.append(HTTPField(name: .setCookie, value: gateway.session.forgetPending))
        return response
    }

    private func refuse(
        _ failure: IdentityFailure,
        next: String,
        _ request: Request,
        _ context: GatewayContext
    ) -> Response {
        let refusal = Refusal(failure)
        gateway.logger.notice("nobody was signed in", [.error: "\(failure)"])
        return gateway.loginPage(
            next: next,
            problem: failure.description,
            status: .init(code: refusal.problem.status),
            request,
            context
        )
    }

    private func signIn(_ context: GatewayContext) throws -> SignIn {
        let name = context.parameters.get("provider") ?? ""
        let url = gateway.address(of: "/login/\(name)/callback")
        guard let signIn = gateway.identities.signIn(with: name, redirectURL: url) else { throw Refusal.notFound() }
        return signIn
    }
}

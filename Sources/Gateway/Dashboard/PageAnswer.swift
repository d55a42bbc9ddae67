// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import FleetRuntime
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// What a page may do: its own style and script, and nothing that stands within it.
    private static let pagePolicy = """
        default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
        form-action 'self'; frame-ancestors 'none'; base-uri 'none'
        """

    /// An answer of HTML.
    static func page(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
        var headers: HTTPFields = [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"]
        headers[.contentSecurityPolicy] = pagePolicy
        // Without one, browsers do not say where our own forms come from.
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "same-origin" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// Has the browser load another of our pages.
    static func seeOther(_ path: String, cookie: String? = nil) -> Response {
        var headers: HTTPFields = [.location: path, .cacheControl: "no-store"]
        if let cookie { headers[.setCookie] = cookie }
        return Response(status: .seeOther, headers: headers)
    }
}

extension GatewayParts {
    /// Who looks at a page of no project in particular.
    func reader(_ request: Request, _ context: GatewayContext) -> PageReader {
        let token = session.token(of: request)
        let isSignedIn = token != nil && context.caller.tokenName != nil
        var reader = PageReader(
            name: isSignedIn ? context.caller.tokenName : nil,
            csrf: isSignedIn ? token.map(SessionCookie.proof(of:)) ?? "" : ""
        )
        // Forms are for browsers: whoever sends a token in the head has the API.
        reader.mayBulk = isSignedIn && BulkAction.allCases.contains { context.caller.abilities.contains($0.ability) }
        reader.mayOperate = isSignedIn && context.caller.mayOperate
        reader.maySeeOperations = context.caller.maySeeOperations
        return reader
    }

    /// Who looks at a page of this project.
    func reader(_ request: Request, _ context: GatewayContext, group: String, project: String) -> PageReader {
        var reader = reader(request, context)
        guard !reader.csrf.isEmpty else { return reader }
        reader.mayCancel = context.caller.may(.cancel, group: group, project: project)
        reader.maySeal = context.caller.may(.submit, group: group, project: project)
        reader.mayRetry = context.caller.may(.retry, group: group, project: project)
        reader.mayRedeliver = context.caller.may(.redeliver, group: group, project: project)
        return reader
    }

    /// A page as this reader sees it, with what was done just before.
    func page(
        _ content: some PageContent,
        for reader: PageReader,
        _ request: Request,
        query: String = "",
        notice: PageNotice? = nil,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let done = request.uri.queryParameters["done"].flatMap { PageDeed(rawValue: String($0)) }
        return .page(
            DashboardPage.html(
                content,
                for: reader,
                query: query,
                notice: notice ?? done.map { PageNotice($0.words) },
                version: MusterVersion.current
            ),
            status: status
        )
    }
}

/// What was done, as the page after it tells.
enum PageDeed: String {
    case sealed, canceled, retried, redelivered, paused, resumed, requeued, unrequeued
    case knownIssueAdded = "known-issue-added"
    case knownIssueRemoved = "known-issue-removed"
    case webhookEnabled = "webhook-enabled"
    case webhookDisabled = "webhook-disabled"

    var words: String {
        switch self {
        case .sealed: "Sealed. It finishes when its last job ends."
        case .canceled: "Canceled. Jobs in a lab end when the lab confirms it."
        case .retried: "The jobs are re-run."
        case .redelivered: "It is sent again at once."
        case .paused: "Paused. It gets no jobs until it is resumed."
        case .resumed: "It is tried again at once."
        case .requeued: "It is in its queue again."
        case .knownIssueAdded: "Added. It holds for jobs that end from now on."
        case .knownIssueRemoved: "Removed. Its tests count as failures in jobs that end from now on."
        case .webhookEnabled: "Enabled. It is called for events that happen from now on."
        case .webhookDisabled: "Disabled. It is not called for events that happen from now on."
        case .unrequeued: "Nothing was requeued: the message is gone, or its queue does not belong to this fleet."
        }
    }
}

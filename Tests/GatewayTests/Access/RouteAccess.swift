// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What a route lets whom do: one for every route of the gateway, so that none comes without being thought of.
struct RouteAccess: Sendable {
    /// Who gets what.
    enum Rule: Sendable, Equatable {
        /// The same for everybody.
        case open
        /// Whoever has a token to read anything; it tells nothing of a project.
        case anyReader
        /// Whoever may do this anywhere, to what is theirs.
        case anyHolder(Ability)
        /// Whoever may submit anywhere.
        case anySubmitter
        /// Everybody gets what is theirs to see.
        case list
        /// What an id or a number names: whoever may read it.
        case read
        /// What an id or a number names: whoever may do this to it; whoever may only read it is told so.
        case change(Ability)
        /// A project that the request names: whoever may do this there.
        case named(Ability)
        /// A page of a project that the request names: whoever may read it.
        case namedPage
        /// An address of a project that the request names, which leads whoever may read it to another.
        case namedWay
        /// Whoever may operate the fleet; to look, also whoever may read everything.
        case operators(readersToo: Bool = false)
        /// Signing in and out, and what else makes a token out of what somebody else says.
        case session
    }

    /// As `RouteTable` has it.
    let route: String
    let rule: Rule
    /// What is sent.
    var body: String?
    /// The status for whoever may see and not do, where it is not 403.
    var forbidden = 403

    init(_ route: String, _ rule: Rule, _ body: String? = nil, forbidden: Int = 403) {
        (self.route, self.rule, self.body, self.forbidden) = (route, rule, body, forbidden)
    }

    var method: String { String(route.prefix { $0 != " " }) }
    var template: String { String(route.drop { $0 != " " }.dropFirst()) }
    var isAPI: Bool { template.hasPrefix("/api/v1/") }
    var isSQUAD: Bool { template.hasPrefix("/api/") && !isAPI }
    /// A form of a page.
    var isForm: Bool { !template.hasPrefix("/api/") && method == "POST" }

    static let all: [RouteAccess] = api + squad + pages

    private static let job = #"{"environment": "e", "backend": "lab-a", "definition": "device_type: sim"}"#

    private static let api: [RouteAccess] = [
        .init("GET /api/v1/openapi.json", .open),
        .init("GET /api/v1/caller", .open),
        .init("GET /api/v1/document-rules", .anySubmitter),
        .init("GET /api/v1/backends", .anyReader),
        .init("GET /api/v1/backends/{backend}", .anyReader),
        .init("GET /api/v1/jobsets", .list),
        .init("GET /api/v1/jobsets/{jobset}", .read),
        .init("GET /api/v1/jobsets/{jobset}/jobs", .read),
        .init("GET /api/v1/jobsets/{jobset}/jobs/{position}", .read),
        .init("GET /api/v1/jobsets/{jobset}/jobs/{position}/attempts", .read),
        .init("GET /api/v1/jobsets/{jobset}/jobs/{position}/definition", .read),
        .init("GET /api/v1/jobsets/{jobset}/results", .read),
        .init("GET /api/v1/jobsets/{jobset}/report", .read),
        .init("GET /api/v1/jobsets/{jobset}/comparison", .read),
        .init("GET /api/v1/jobsets/{jobset}/archive", .read),
        .init("GET /api/v1/jobsets/{jobset}/deliveries", .read),
        .init("GET /api/v1/jobsets/{jobset}/additions", .read),
        .init("GET /api/v1/jobsets/{jobset}/events", .read),
        .init("GET /api/v1/deliveries/{delivery}/tries", .read),
        .init("POST /api/v1/jobsets", .named(.submit), #"{"build": "/b/y/9", "jobs": [\#(job)]}"#),
        .init("POST /api/v1/jobsets/{jobset}/jobs", .change(.submit), #"{"jobs": [\#(job)]}"#),
        .init("PATCH /api/v1/jobsets/{jobset}", .change(.submit), #"{"priority": 60}"#),
        .init("POST /api/v1/jobsets/{jobset}/seal", .change(.submit)),
        .init("POST /api/v1/jobsets/{jobset}/cancel", .change(.cancel)),
        .init("POST /api/v1/jobsets/{jobset}/retry", .change(.retry)),
        .init("POST /api/v1/bulk/cancel", .anyHolder(.cancel)),
        .init("POST /api/v1/bulk/retry", .anyHolder(.retry)),
        .init("POST /api/v1/bulk/redeliver", .anyHolder(.redeliver)),
        .init("POST /api/v1/jobs/{job}/result", .change(.report), #"{"outcome": "complete"}"#),
        .init("POST /api/v1/jobsets/{jobset}/redeliver", .change(.redeliver)),
        .init("POST /api/v1/deliveries/{delivery}/redeliver", .change(.redeliver)),
        .init("POST /api/v1/backends/{backend}/pause", .operators()),
        .init("POST /api/v1/backends/{backend}/resume", .operators()),
        .init("GET /api/v1/rejected", .operators()),
        .init("GET /api/v1/rejected/{number}", .operators()),
        .init("GET /api/v1/rejected/{number}/body", .operators()),
        .init("GET /api/v1/dead-letters", .operators()),
        .init("POST /api/v1/dead-letters/requeue", .operators(), #"{"all": true}"#),
        .init("POST /api/v1/dead-letters/drop", .operators(), #"{"all": true}"#),
        .init("GET /api/v1/projects/{group}/{project}/known-issues", .namedPage),
        .init("GET /api/v1/projects/{group}/{project}/test-history", .namedPage),
        .init(
            "POST /api/v1/projects/{group}/{project}/known-issues",
            .named(.submit),
            #"{"suite": "ltp", "reason": "known"}"#
        ),
        .init("DELETE /api/v1/projects/{group}/{project}/known-issues/{issue}", .named(.submit)),
        .init("GET /api/v1/projects/{group}/{project}/events", .namedPage),
        .init("GET /api/v1/projects/{group}/{project}/webhooks", .namedPage),
        .init(
            "POST /api/v1/projects/{group}/{project}/webhooks",
            .named(.submit),
            #"{"name": "new", "url": "https://ci.example.org/hook"}"#
        ),
        .init("POST /api/v1/projects/{group}/{project}/webhooks/{webhook}/redeliver", .named(.redeliver)),
        .init(
            "PATCH /api/v1/projects/{group}/{project}/webhooks/{webhook}",
            .named(.submit),
            #"{"enabled": false}"#
        ),
        .init("POST /api/v1/projects/{group}/{project}/webhooks/{webhook}/rotate", .named(.submit)),
        .init("DELETE /api/v1/projects/{group}/{project}/webhooks/{webhook}", .named(.submit)),
        .init("GET /api/v1/tokens", .operators()),
        .init("POST /api/v1/tokens", .operators(), #"{"name": "new", "projects": ["b/y"]}"#),
        .init("DELETE /api/v1/tokens/{name}", .operators()),
        .init("POST /api/v1/token-exchange", .session),
        .init("GET /api/v1/audit", .operators()),
    ]

    private static let jobForm = "backend=lab-a&definition=device_type%3A+sim"

    private static let squad: [RouteAccess] = [
        .init("GET /api/version", .open),
        .init("GET /api/groups", .list),
        .init("GET /api/groups/{group}", .read),
        .init("GET /api/projects", .list),
        .init("GET /api/projects/{project}", .read),
        .init("GET /api/builds", .list),
        .init("GET /api/builds/{build}", .read),
        .init("GET /api/builds/{build}/status", .read),
        .init("GET /api/builds/{build}/testjobs", .read),
        .init("GET /api/builds/{build}/testjobs_summary", .read),
        .init("GET /api/builds/{build}/callbacks", .read),
        .init("GET /api/builds/{build}/tests", .read),
        .init("GET /api/builds/{build}/metrics", .read),
        .init("GET /api/builds/{build}/testruns", .read),
        .init("GET /api/builds/{build}/metadata", .read),
        .init("GET /api/builds/{build}/metadata_by_testrun", .read),
        .init("GET /api/builds/{build}/email", .read),
        .init("GET /api/builds/{build}/report", .read),
        .init("GET /api/reports/{build}", .read),
        .init("GET /api/testruns/{testrun}", .read),
        .init("GET /api/testruns/{testrun}/metadata", .read),
        .init("POST /api/builds/{build}/report", .read, ""),
        .init("GET /api/testruns", .read),
        .init("GET /api/tests", .read),
        .init("GET /api/metrics", .read),
        .init("GET /api/environments", .list),
        .init("GET /api/environments/{name}", .read),
        .init("GET /api/suites", .list),
        .init("GET /api/suites/{name}", .read),
        .init("GET /api/projects/{project}/compare_builds", .read),
        .init("POST /api/fetchjob/{testjob}", .read, ""),
        .init("GET /api/testjobs/{testjob}", .read),
        .init("GET /api/testjobs/{testjob}/definition", .read),
        .init("GET /api/testjobs/{testjob}/resubmitted_jobs", .read),
        .init("POST /api/submitjob/{group}/{project}/{version}/{environment}", .named(.submit), jobForm),
        .init(
            "POST /api/watchjob/{group}/{project}/{version}/{environment}",
            .named(.watch),
            "backend=lab-a&testjob_id=7"
        ),
        .init("POST /api/submit/{group}/{project}/{version}/{environment}", .named(.report), "job_id=1"),
        .init("POST /api/createbuild/{group}/{project}/{version}", .named(.submit), "patch_id=1"),
        .init("POST /api/sealbuild/{group}/{project}/{version}", .named(.submit), ""),
        .init("POST /api/builds/{build}/callbacks", .change(.submit), "callback_url=https%3A%2F%2Fci.example.org%2F2"),
        .init("POST /api/builds/{build}/seal", .change(.submit), ""),
        .init("POST /api/testjobs/{testjob}/cancel", .change(.cancel), ""),
        .init("POST /api/testjobs/{testjob}/resubmit", .change(.retry), "", forbidden: 401),
        .init("POST /api/testjobs/{testjob}/force_resubmit", .change(.retry), "", forbidden: 401),
        .init("POST /api/resubmit/{testjob}", .change(.retry), "", forbidden: 401),
        .init("POST /api/forceresubmit/{testjob}", .change(.retry), "", forbidden: 401),
        .init("POST /api/builds/{build}/cancel", .change(.cancel), ""),
    ]

    private static let pages: [RouteAccess] = [
        .init("GET /", .list),
        .init("GET /search", .list),
        .init("GET /bulk", .anyHolder(.cancel)),
        .init("POST /bulk", .anyHolder(.cancel)),
        .init("GET /login", .open),
        .init("GET /login/{provider}", .session),
        .init("GET /login/{provider}/callback", .session),
        .init("POST /login", .session),
        .init("POST /logout", .session),
        .init("GET /backends", .anyReader),
        .init("GET /backends/{backend}", .anyReader),
        .init("GET /projects", .list),
        .init("GET /projects/{group}/{project}", .namedPage),
        .init("GET /projects/{group}/{project}/test", .namedPage),
        .init("GET /projects/{group}/{project}/metric", .namedPage),
        .init("GET /projects/{group}/{project}/comparison", .namedWay),
        .init("GET /{group}/{project}/build/{version}", .namedWay),
        .init("GET /{group}/{project}/build/{version}/api", .namedWay),
        .init("GET /jobsets/{jobset}", .read),
        .init("GET /jobsets/{jobset}/jobs/{position}", .read),
        .init("GET /jobsets/{jobset}/report", .read),
        .init("GET /jobsets/{jobset}/tests", .read),
        .init("GET /jobsets/{jobset}/comparison", .read),
        .init("GET /operations", .operators(readersToo: true)),
        .init("GET /operations/rejected", .operators()),
        .init("GET /operations/audit", .operators()),
        .init("GET /operations/tokens", .operators()),
        .init("POST /jobsets/{jobset}/seal", .change(.submit)),
        .init("POST /jobsets/{jobset}/cancel", .change(.cancel)),
        .init("POST /jobsets/{jobset}/retry", .change(.retry)),
        .init("POST /deliveries/{delivery}/redeliver", .change(.redeliver)),
        .init("POST /backends/{backend}/pause", .operators()),
        .init("POST /backends/{backend}/resume", .operators()),
        .init(
            "POST /projects/{group}/{project}/known-issues",
            .named(.submit),
            "environment=*&suite=ltp&test=*&reason=known"
        ),
        .init("POST /projects/{group}/{project}/known-issues/{issue}/remove", .named(.submit)),
        .init("GET /projects/{group}/{project}/webhooks", .namedPage),
        .init("POST /projects/{group}/{project}/webhooks/{webhook}/redeliver", .named(.redeliver)),
        .init("POST /projects/{group}/{project}/webhooks/{webhook}/enable", .named(.submit)),
        .init("POST /projects/{group}/{project}/webhooks/{webhook}/disable", .named(.submit)),
        .init("POST /projects/{group}/{project}/webhooks/{webhook}/rotate", .named(.submit)),
        .init("POST /operations/dead/requeue", .operators(), "all=yes"),
    ]
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// LAVA's REST API, version 0.2, as far as it is simulated. What is not here answers 404.
struct RestRouter: Sendable {
    let lab: Lab
    let definitions: DefinitionCache

    static let root = "/api/v0.2/"

    init(lab: Lab) {
        self.lab = lab
        self.definitions = DefinitionCache(
            reader: DefinitionReader(
                defaults: lab.options.defaults,
                schema: JobSchema(version: lab.options.version)
            )
        )
    }

    /// Answers a request.
    func respond(to request: RestRequest) -> (answer: Answer, user: SimulatorOptions.User?) {
        let length = request.method.utf8.count + request.target.utf8.count + " ".utf8.count + " HTTP/1.1".utf8.count
        if length > 4_094 { return (.requestLineTooLong(length), nil) }
        if let allowed = lab.options.allowedHosts {
            let host = (request.headers["host"] ?? "").prefix { $0 != ":" }
            guard allowed.contains(String(host)) else { return (.badRequestPage, nil) }
        }
        guard request.path.hasPrefix(Self.root) else {
            return (.page(404, "404 Not Found", request.path), nil)
        }
        let parts = request.path.dropFirst(Self.root.count).split(separator: "/")
        guard request.path.hasSuffix("/") else {
            return (Self.redirect(request), nil)
        }
        switch Authentication(users: lab.options.users).check(request.headers["authorization"]) {
        case .failure(let refused):
            var answer = refused.answer
            Negotiation.finish(&answer, request)
            return (answer, nil)
        case .success(let user):
            var answer = Negotiation.refusal(of: request) ?? route(parts, request, user)
            Negotiation.finish(&answer, request)
            return (answer, user)
        }
    }

    /// A missing slash is redirected, whatever the method.
    private static func redirect(_ request: RestRequest) -> Answer {
        var target = "\(request.path)/"
        if let query = request.target.firstIndex(of: "?") { target += request.target[query...] }
        return Answer(
            status: 301,
            contentType: "text/html; charset=utf-8",
            body: [],
            headers: [("Location", target)]
        )
    }

    private func route(_ parts: [Substring], _ request: RestRequest, _ user: SimulatorOptions.User?) -> Answer {
        switch (request.method, parts.count, parts.first, parts.dropFirst().first) {
        case (_, 2, "system", "version"):
            return only(["GET"], request) { .json(200, JSONText.object("version", lab.options.version)) }
        case (_, 2, "system", "whoami"):
            return only(["GET"], request) { .json(200, JSONText.object("user", user?.name ?? "")) }
        case (_, 1, "jobs", nil):
            return only(["GET", "POST"], request) {
                request.method == "POST" ? submit(request, user) : JobList(lab: lab, request: request).answer()
            }
        case (_, 2, "jobs", "validate"):
            return only(["POST"], request) { validate(request, user) }
        case (_, 2, "jobs", "batch_cancel") where lab.options.cancelsBatches:
            return only(["POST"], request) { cancelBatch(request, user) }
        case (_, 2..., "jobs", let name?):
            return job(name, parts.dropFirst(2).joined(separator: "/"), request, user)
        default: return .page(404, "404 Not Found", request.path)
        }
    }

    private func job(
        _ name: Substring,
        _ rest: String,
        _ request: RestRequest,
        _ user: SimulatorOptions.User?
    ) -> Answer {
        // Numbers only: a multinode sub-id such as 39.0 is no address.
        let id = name.allSatisfy { ("0"..."9").contains($0) } ? Int(name) : nil
        switch rest {
        case "":
            return only(["GET"], request, allow: "GET, PUT, PATCH, DELETE, HEAD, OPTIONS") {
                guard let job = id.flatMap({ id in lab.withState { $0.shown(id) } }) else { return .notFound }
                var json = JSONText()
                job.write(into: &json)
                return .json(200, json.bytes)
            }
        case "cancel": return only(["GET"], request) { cancel(id, user) }
        case "tests": return only(["GET"], request) { ResultList(lab: lab, request: request, job: id ?? 0).tests() }
        case "suites": return only(["GET"], request) { ResultList(lab: lab, request: request, job: id ?? 0).suites() }
        case "logs": return only(["GET"], request) { .notFound }
        default: return .page(404, "404 Not Found", request.path)
        }
    }

    private func cancel(_ id: Int?, _ user: SimulatorOptions.User?) -> Answer {
        switch id.map({ lab.cancel($0, user: user) }) ?? .unknown {
        case .sent: .json(200, JSONText.object("message", "Job cancel signal sent."))
        case .forbidden: .forbidden
        case .unknown: .crash("TestJob matching query does not exist.")
        }
    }

    private struct Batch: Decodable {
        var jobIDs: [Int]
        enum CodingKeys: String, CodingKey { case jobIDs = "job_ids" }
    }

    /// Those that are not there and those that are not the user's are named alike.
    private func cancelBatch(_ request: RestRequest, _ user: SimulatorOptions.User?) -> Answer {
        guard user != nil else { return .anonymous }
        guard let batch = try? JSONDecoder().decode(Batch.self, from: Data(request.body)) else {
            return .crash("'NoneType' object is not iterable")
        }
        let results = batch.jobIDs.map { ($0, lab.cancel($0, user: user) == .sent) }
        func list(_ isDone: Bool) -> String {
            results.filter { $0.1 == isDone }.map { "\($0.0)" }.joined(separator: ",")
        }
        let text =
            #"{"message":"Job cancel signal sent for job ids.","job_ids":[\#(list(true))],"#
            + #""invalid_job_ids":[\#(list(false))]}"#
        return .json(200, Array(text.utf8))
    }

    private func submit(_ request: RestRequest, _ user: SimulatorOptions.User?) -> Answer {
        guard let user else { return .anonymous }
        let text: String
        switch SubmissionBody(request: request).definition() {
        case .success(let found): text = found
        case .failure(let refused): return refused.answer
        }
        do {
            let (head, definition) = try definitions.definition(of: text)
            let jobs = try lab.submit(definition, head: head, user: user.name, fault: request.groupFault)
            var json = JSONText()
            json.raw("{\"message\":\"job(s) successfully submitted\",\"job_ids\":[")
            for (place, job) in jobs.enumerated() {
                if place > 0 { json.raw(",") }
                if job.membership == nil { json.number(job.id) } else { json.string(job.name) }
            }
            json.raw("]}")
            var answer = Answer.json(201, json.bytes)
            answer.createdJobs = jobs.map(\.id)
            return answer
        } catch {
            return error.answer(user: user.name)
        }
    }

    private func validate(_ request: RestRequest, _ user: SimulatorOptions.User?) -> Answer {
        guard user != nil else { return .anonymous }
        switch SubmissionBody(request: request).definition() {
        case .failure(let refused): return refused.answer
        case .success(let text):
            do {
                _ = try definitions.definition(of: text)
                return .json(200, JSONText.object("message", "Job valid."))
            } catch {
                return error.validation
            }
        }
    }

    /// Answers one of some methods, and any other with 405.
    private func only(
        _ methods: [String],
        _ request: RestRequest,
        allow: String? = nil,
        _ body: () -> Answer
    ) -> Answer {
        let isAllowed = methods.contains(request.method) || (request.method == "HEAD" && methods.contains("GET"))
        var answer = isAllowed ? body() : .detail(405, "Method \"\(request.method)\" not allowed.")
        guard answer.contentType == "application/json" else { return answer }
        let known = methods + (methods.contains("GET") ? ["HEAD", "OPTIONS"] : ["OPTIONS"])
        answer.headers.append(("Allow", allow ?? known.joined(separator: ", ")))
        return answer
    }
}

/// LAVA's way of knowing who comes: `Authorization: Token <t>`. A wrong token is 403 everywhere; any other scheme is
/// anonymous in silence.
struct Authentication {
    var users: [SimulatorOptions.User]

    func check(_ header: String?) -> Result<SimulatorOptions.User?, SubmissionBody.Refused> {
        let words = (header ?? "").split(whereSeparator: \.isWhitespace)
        guard let scheme = words.first, scheme.lowercased() == "token" else { return .success(nil) }
        switch words.count {
        case 1: return refused("Invalid token header. No credentials provided.")
        case 2: break
        default: return refused("Invalid token header. Token string should not contain spaces.")
        }
        guard let user = users.first(where: { $0.token == words[1] }) else { return refused("Invalid token.") }
        return .success(user)
    }

    private func refused(_ words: String) -> Result<SimulatorOptions.User?, SubmissionBody.Refused> {
        .failure(SubmissionBody.Refused(.detail(403, words)))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetRuntime
import Foundation
import Hummingbird

/// What submits the way of SQUAD: one job a request, into a build that is there once somebody names it.
struct SQUADSubmissionRoutes: Sendable {
    let gateway: GatewayParts

    private var jobsets: SQUADJobsets { SQUADJobsets(gateway: gateway) }

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("version", use: version)
        group.post("submitjob/{group}/{project}/{version}/{environment}", use: submit)
        group.post("watchjob/{group}/{project}/{version}/{environment}", use: watch)
        group.post("createbuild/{group}/{project}/{version}", use: declare)
    }

    /// SQUAD's, as far as its clients look at it; what is behind the plus sign is ours.
    private func version(_ request: Request, _ context: GatewayContext) -> Response {
        .squadText("1.98+muster.\(MusterVersion.current)")
    }

    private func submit(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try context.squadBuild(for: "submit test jobs")
        let key = try IdempotencyKey(request.headers)
        let form = try await SQUADForm(request, gateway, context)
        guard let named = try form.text("backend") else { throw SQUADRefusal.text("backend field is required") }
        let backend = try gateway.squadBackend(named)
        guard let definition = try form.text("definition") else {
            throw SQUADRefusal.text("test job definition is required")
        }
        let environment = context.parameters.get("environment") ?? ""
        let job = JobEntry(environment: environment, backend: backend, definition: definition)
        return try await add(job, to: build, key: key, context)
    }

    private func add(
        _ job: JobEntry,
        to build: Build,
        key: IdempotencyKey?,
        _ context: GatewayContext
    ) async throws -> Response {
        let gateway = gateway
        try await context.work(on: job, of: job.definition.utf8.count) { job, _ in try Self.check(job, gateway) }
        try await gateway.operations.note(
            "submit",
            build,
            detail: [
                "build": "\(build)", "backend": job.backend, "environment": job.environment,
                "lab_job": job.labJob.map { "\($0)" },
            ],
            by: context.actor(["by": "squad"])
        )
        let number = try await jobsets.add(job, to: build, key: key, by: context.caller)
        return .squadText("\(number)", status: .created)
    }

    /// A job that is in its lab already.
    private func watch(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try context.squadBuild(for: "submit test jobs")
        guard context.caller.may(.watch, group: build.group, project: build.project) else {
            throw SQUADRefusal.needsPermission(to: "watch test jobs")
        }
        let key = try IdempotencyKey(request.headers)
        let form = try await SQUADForm(request, gateway, context)
        guard let labJob = try form.text("testjob_id") else { throw SQUADRefusal.text("testjob_id is required") }
        guard let named = try form.text("backend") else { throw SQUADRefusal.text("backend field is required") }
        let backend = try gateway.squadBackend(named)
        guard let number = Int32(labJob), number > 0, "\(number)" == labJob else {
            throw SQUADRefusal.text("LAVA job id should be an integer")
        }
        let environment = context.parameters.get("environment") ?? ""
        let job = JobEntry(environment: environment, backend: backend, definition: "", labJob: Int(number))
        return try await add(job, to: build, key: key, context)
    }

    private func declare(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try context.squadBuild(for: "submit results")
        let declaration = try SQUADDeclaration(try await SQUADForm(request, gateway, context))
        try await gateway.operations.note(
            "submit",
            build,
            detail: ["build": "\(build)", "jobs": declaration.total.map { "\($0)" }],
            by: context.actor(["by": "squad"])
        )
        do {
            try await jobsets.declare(build, declaration, by: context.caller)
        } catch let faults as DocumentFaults {
            throw SQUADRefusal.text(Self.words(faults.faults))
        } catch let problem as Problem where problem.status < 500 {
            throw SQUADRefusal.text(Self.words(problem.errors))
        }
        return .squadText("", status: .created)
    }

    /// Has it judged by the rules of the document that it will be in.
    private static func check(_ job: JobEntry, _ gateway: GatewayParts) throws {
        do {
            _ = try IncomingDocument.read(
                try SQUADJobsets.addition(of: job, to: UUID()),
                limits: gateway.documentLimits,
                knownBackends: gateway.knownBackends,
                keepsDefinitions: false
            )
        } catch let faults as DocumentFaults {
            let reasons = faults.faults.map { fault in
                let isDefinition = fault.pointer == "/jobs/0/definition"
                return "\(isDefinition ? "test job definition is not valid:" : "environment") \(fault.reason)"
            }
            throw SQUADRefusal.text(reasons.joined(separator: ", "))
        }
    }

    /// Faults in SQUAD's words, where it has words for them.
    static func words(_ faults: [Fault]) -> String {
        faults.map { fault in
            switch fault.pointer {
            case "/callback_method": "Callback method should be one of ['get', 'post']"
            case "/callback_event": "Callback event should be one of ['on_build_finished']"
            case "/callback_url" where fault.value?.contains("://") == false: "Enter a valid URL."
            // SQUAD would accept it.
            case "/callback_url" where fault.value != nil: "Enter a valid URL. callback_url \(fault.reason)"
            case let pointer: "\(pointer.dropFirst()) \(fault.reason)"
            }
        }.joined(separator: ", ")
    }
}

extension GatewayContext {
    /// The build that the path names.
    ///
    /// - Throws: ``SQUADRefusal`` with the rule, for names that no build can have.
    func namedSQUADBuild() throws(SQUADRefusal) -> Build {
        let names = ["group", "project", "version"].map { parameters.get($0) ?? "" }
        if let build = Build(group: names[0], project: names[1], version: names[2]) { return build }
        let rule = BuildRule.complaint(group: names[0], project: names[1], version: names[2])
        throw .text(rule ?? "no build can have this name")
    }

    /// The build that the path names, if the caller may do this in its project.
    ///
    /// - Throws: ``SQUADRefusal``.
    func squadBuild(for purpose: String, _ ability: Ability = .submit) throws(SQUADRefusal) -> Build {
        let build = try namedSQUADBuild()
        guard caller.may(ability, group: build.group, project: build.project) else {
            throw .needsPermission(to: purpose)
        }
        return build
    }
}

extension GatewayParts {
    /// The lab that a client of SQUAD's means: by our name for it, or by its host, which SQUAD's backends are often
    /// called for.
    ///
    /// - Throws: ``SQUADRefusal``.
    func squadBackend(_ named: String) throws(SQUADRefusal) -> String {
        guard !knownBackends.contains(named) else { return named }
        let found = configuration.backends.values.filter { backend in
            guard let url = backend.url.flatMap({ URLComponents(string: $0) }), let host = url.host else {
                return false
            }
            let name = named.lowercased()
            return name == host.lowercased() || name == url.port.map { "\(host.lowercased()):\($0)" }
        }
        guard let backend = found.first else { throw .text("requested backend does not exist") }
        guard found.count == 1 else {
            let names = found.map(\.name).sorted().joined(separator: ", ")
            throw .text("requested backend is one of several at that host; name it: \(names)")
        }
        return backend.name
    }
}

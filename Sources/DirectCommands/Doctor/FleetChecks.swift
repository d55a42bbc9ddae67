// SPDX-License-Identifier: Apache-2.0

import AMQP
import CommandLine
import Fleet
import FleetQueues
import FleetRuntime
import FleetStore
import Postgres
import Reports
import SMTP

/// Which configuration is in force, and what a person should know of it.
enum ConfigurationChecks {
    static func run(_ configuration: FleetConfiguration) -> [Finding] {
        let source = configuration.file ?? "the environment alone"
        let count = configuration.backends.count
        let found = "\(source), \(count) \(count == 1 ? "backend" : "backends")"
        let warnings = configuration.warnings.map { Finding.warning("configuration", "\($0)") }
        let signing: [Finding] =
            configuration.callback.keys.all.isEmpty
            ? [
                .warning(
                    "callback",
                    "is not signed",
                    advice: "set callback.secret_file, so that receivers can recognise forged callbacks"
                )
            ] : []
        return [.ok("configuration", found)] + warnings + signing
    }
}

/// Whether the broker can be reached and lets us do what workers do, and what its queues hold. Nothing is declared or taken.
struct BrokerChecks: Sendable {
    /// A queue as the broker shows it.
    struct Depth: Sendable, Equatable {
        let queue: String
        /// nil: there is no such queue.
        let messages: Int?
        let consumers: Int
    }

    let access: FleetAccess

    func run() async -> [Finding] {
        let address = (try? access.broker()).map { "\($0)" } ?? "broker.url"
        do {
            let topology = access.topology
            let isEnabled = access.configuration.events.isEnabled
            let permissions = BrokerPermissionChecks(
                configuration: try access.broker(),
                topology: topology,
                hasEvents: isEnabled
            )
            let (broker, depths, events) = try await access.withSession { session in
                var depths: [Depth] = []
                for queue in topology.workQueues + [topology.dead] {
                    let counts = try await session.messageCount(queue)
                    depths.append(Depth(queue: queue, messages: counts?.messages, consumers: counts?.consumers ?? 0))
                }
                let exists = isEnabled ? try await session.exchangeExists(topology.events) : nil
                let version = BrokerPermissionChecks.version(await session.broker, address: address)
                return (
                    [version, try await permissions.run(session)], depths,
                    exists.map { Self.events(topology.events, exists: $0) }
                )
            }
            return broker + depths.map { Self.finding($0, topology) } + [events].compactMap(\.self)
        } catch let error as AMQPError where error.replyText?.contains("connection limit") == true {
            let advice = "raise the limit: docs/operation.md says how many connections a worker needs"
            return [.failed("broker", "\(error)", advice: advice)]
        } catch let error as AMQPError where error.code == .authentication {
            return [.failed("broker", "\(error)", advice: "correct user, password and virtual host in broker.url")]
        } catch let error as AMQPError where error.code == .tls {
            return [
                .failed(
                    "broker",
                    "\(error)",
                    advice:
                        "broker.ca_file must name the authority of its certificate; the host must be one of its names"
                )
            ]
        } catch {
            return [.failed("broker", "\(address): \(error)", advice: "start RabbitMQ, or correct broker.url")]
        }
    }

    /// What the state of one queue means.
    static func finding(_ depth: Depth, _ topology: FleetTopology) -> Finding {
        let subject = "queue \(depth.queue)"
        guard let messages = depth.messages else {
            return .warning(subject, "does not exist", advice: "the workers declare it when they start")
        }
        let found = "\(messages) waiting, \(depth.consumers) \(depth.consumers == 1 ? "worker" : "workers")"
        if depth.queue == topology.dead {
            let count = "\(messages) dead"
            return messages == 0 ? .ok(subject, count) : .warning(subject, count, advice: "look with `muster dead`")
        }
        if depth.consumers == 0 {
            return .warning(subject, found, advice: "start \(worker(of: depth.queue, topology))")
        }
        return .ok(subject, found)
    }

    /// What the state of the exchange of events means.
    static func events(_ exchange: String, exists: Bool) -> Finding {
        exists
            ? .ok("exchange \(exchange)", "events are published to it")
            : .warning(
                "exchange \(exchange)",
                "does not exist",
                advice: "a notifier declares it when it starts; its user needs the permission to configure and write it"
            )
    }

    private static func worker(of queue: String, _ topology: FleetTopology) -> String {
        switch queue {
        case topology.jobsets: "muster-ingest"
        case _ where topology.backends.map(topology.finished(in:)).contains(queue): "muster-watcher"
        case topology.notifications: "muster-notifier"
        default: "muster-submitter"
        }
    }
}

/// Whether the database can be reached and has the schema that this program needs, and which labs are stopped.
struct DatabaseChecks: Sendable {
    let access: FleetAccess

    func run() async -> [Finding] {
        await reached() + [(try? access.database()).flatMap(Self.protection)].compactMap(\.self)
    }

    /// How the connection is protected, where that is worth knowing.
    static func protection(_ database: PostgresConfiguration) -> Finding? {
        database.weakness.map {
            .warning("database TLS", "the connection to \(database) \($0)", advice: PostgresConfiguration.advice)
        }
    }

    private func reached() async -> [Finding] {
        let address = (try? access.database()).map { "\($0)" } ?? "database.url"
        do {
            let failingFor = access.configuration.notifier.receiverFailing
            let (server, schema, backends, receivers) = try await access.withUncheckedStore { store in
                let server = try await store.databaseServer()
                let schema = try await store.schemaState()
                guard schema.suits(FleetStore.schemaVersion) else {
                    return (server, schema, [BackendStatus](), [FailingReceiver]())
                }
                return (
                    server, schema, try await store.backendStatuses(),
                    try await store.failingReceivers(for: failingFor, most: 20)
                )
            }
            return DatabaseServerFindings.all(server, address: address, access.configuration.database)
                + [Self.schema(schema)] + backends.compactMap(Self.hindered) + receivers.map(Self.failing)
        } catch let error as PostgresError where error.code == .authentication {
            return [.failed("database", "\(address): \(error)", advice: "correct user and password in database.url")]
        } catch let error as PostgresError where error.code == .tls {
            let advice = "sslrootcert in database.url must name the authority of its certificate"
            return [.failed("database", "\(address): \(error)", advice: advice)]
        } catch let error as PostgresError where error.code == .configuration {
            let advice =
                error.message.contains("pooler")
                ? "set database.pooler to the mode of the pooler" : "correct database in the configuration"
            return [.failed("database", "\(address): \(error)", advice: advice)]
        } catch let error as PostgresError where error.sqlState == .tooManyConnections {
            let advice = "raise max_connections of PostgreSQL, lower database.maximum_connections, or run fewer workers"
            return [.failed("database", "\(address): \(error)", advice: advice)]
        } catch {
            return [.failed("database", "\(address): \(error)", advice: "start PostgreSQL, or correct database.url")]
        }
    }

    /// What a schema means.
    static func schema(_ schema: SchemaState) -> Finding {
        let (wanted, version) = (FleetStore.schemaVersion, schema.version)
        if version == wanted { return .ok("schema", "version \(version)") }
        if schema.suits(wanted) {
            return .warning(
                "schema",
                "version \(version); this program knows versions up to \(wanted)",
                advice: "upgrade Muster on this machine before somebody runs `muster migrate --contract`"
            )
        }
        let mismatch =
            switch version {
            case 0: "there are no tables"
            case ...wanted: "version \(version), this program needs \(wanted)"
            default: "version \(version); this program knows versions up to \(wanted)"
            }
        return .failed(
            "schema",
            mismatch,
            advice: version > wanted ? "upgrade Muster on this machine" : "run `muster migrate`"
        )
    }

    private static func failing(_ receiver: FailingReceiver) -> Finding {
        let since = "has accepted no callback since \(Timestamp.iso8601(receiver.since)) (\(receiver.failures) tries)"
        return .warning(
            "receiver \(receiver.receiver)",
            since + (receiver.lastError.map { ": \($0)" } ?? ""),
            advice:
                "tell its owner; `muster callback test URL` tests it, `muster redeliver --failed JOBSET` repeats what was given up"
        )
    }

    private static func hindered(_ backend: BackendStatus) -> Finding? {
        guard backend.state != .ok else { return nil }
        let waiting = backend.waiting == 1 ? "1 job is waiting" : "\(backend.waiting) jobs are waiting"
        return .warning(
            "backend \(backend.name)",
            "\(backend.state.rawValue), \(waiting)" + (backend.reason.map { ": \($0)" } ?? ""),
            advice: backend.state == .paused
                ? "`muster backend resume \(backend.name)` resumes it"
                : "fix the cause; the lab is tried again automatically, or at once after `muster backend resume \(backend.name)`"
        )
    }
}

/// Whether the mail server lets us in; nothing is sent.
struct MailChecks {
    let configuration: FleetConfiguration.Mail

    func run() async -> [Finding] {
        guard let sending = MailSending(configuration) else { return [] }
        var server = sending.server
        server.connectTimeout = min(server.connectTimeout, FleetAccess.patience)
        server.timeout = min(server.timeout, FleetAccess.patience)
        do {
            try await server.check()
        } catch {
            return [.failed("mail", "\(server.url): \(error)", advice: "see mail.* in the configuration")]
        }
        let user = server.user.map { "as \($0)" } ?? "without logging in"
        return [.ok("mail", "\(server.url) accepts mail \(user); mail comes from \(sending.from)")]
    }
}

// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// Every key there is, in the order in which the documentation lists them.
    public static let all: [ConfigurationKey] =
        broker + database + backends + ingest + submitter + watcher + notifier + callback + mail + gateway + projects
        + process

    /// The key at `path`, with `*` in place of a backend's or a project's name.
    static func at(_ path: String) -> ConfigurationKey? { byPath[path] }

    private static let byPath = Dictionary(all.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })

    private static let day = 86_400.0
    private static let mebibyte = 1_048_576

    private static let broker: [ConfigurationKey] = [
        .init(
            "broker.url",
            .url(schemes: ["amqp", "amqps"], secret: true),
            required: true,
            orFile: "broker.url_file",
            "RabbitMQ: amqp://user:password@host:port/vhost, or amqps:// for TLS"
        ),
        .init("broker.url_file", .path, "a file that holds broker.url"),
        .init("broker.ca_file", .path, "PEM file with the authorities that vouch for the broker over TLS"),
        .init(
            "broker.heartbeat_seconds",
            .seconds(1...600),
            default: "10",
            "how often each side shows that it is alive; whole seconds"
        ),
        .init(
            "broker.publish_timeout_seconds",
            .seconds(1...600),
            default: "10",
            "how long a publish may wait for the broker's confirmation"
        ),
        .init(
            "broker.reconnect_maximum_seconds",
            .seconds(0.5...600),
            default: "2",
            "the longest pause before a connection that broke is tried again"
        ),
        .init("broker.prefix", .name, default: "muster", "what the names of exchanges and queues begin with"),
    ]

    private static let database: [ConfigurationKey] = [
        .init(
            "database.url",
            .url(schemes: ["postgres", "postgresql"], secret: true),
            required: true,
            orFile: "database.url_file",
            "PostgreSQL: postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=…"
        ),
        .init("database.url_file", .path, "a file that holds database.url"),
        .init(
            "database.maximum_connections",
            .integer(1...1_000),
            default: "10",
            "the most connections that one worker holds"
        ),
        .init(
            "database.statement_timeout_seconds",
            .seconds(1...3_600),
            default: "30",
            "how long one statement may run"
        ),
        .init("database.schema", .name, "the schema that holds the tables; otherwise the server's default"),
    ]

    private static let backends: [ConfigurationKey] = [
        .init(
            "backends.*.url",
            .url(schemes: ["http", "https"], secret: false),
            required: true,
            "the root of the lab's web server, such as https://lava.example.com"
        ),
        .init(
            "backends.*.events_url",
            .url(schemes: ["ws", "wss"], secret: false),
            "where its event stream is; otherwise /ws/ on the lab's web server"
        ),
        .init(
            "backends.*.ca_file",
            .path,
            "PEM file with the only authorities that vouch for the lab over TLS; otherwise the system's"
        ),
        .init("backends.*.user", .text, "the user that the token belongs to"),
        .init("backends.*.token", .secret, orFile: "backends.*.token_file", "the token that jobs are submitted with"),
        .init("backends.*.token_file", .path, "a file that holds the token"),
        .init(
            "backends.*.request_timeout_seconds",
            .seconds(0.1...600),
            default: "30",
            "how long one request may take"
        ),
        .init("backends.*.prefetch", .integer(1...10_000), default: "16", "how many of its jobs one submitter holds"),
        .init(
            "backends.*.concurrency",
            .integer(1...1_000),
            default: "8",
            "how many requests one worker has open to it"
        ),
        .init(
            "backends.*.maximum_in_flight",
            .integer(1...1_000_000),
            default: "1000",
            "how many attempts may be in the lab at once, over all workers"
        ),
        .init(
            "backends.*.poll_interval_seconds",
            .seconds(0.05...3_600),
            "how often it is asked what finished while its events are silent; otherwise watcher.poll_interval_seconds"
        ),
        .init(
            "backends.*.queued_limit_seconds",
            .seconds(1...(365 * day)),
            "how long a job may wait in its queue before the job ends as expired; without it there is no limit"
        ),
        .init(
            "backends.*.running_limit_seconds",
            .seconds(1...(365 * day)),
            "how long a job may run there before the job ends as expired; without it there is no limit"
        ),
    ]

    private static let ingest: [ConfigurationKey] = [
        .init(
            "ingest.maximum_document_bytes",
            .bytes(1_024...(512 * mebibyte)),
            default: "67108864",
            "the largest jobset document accepted"
        ),
        .init(
            "ingest.maximum_definition_bytes",
            .bytes(1_024...(512 * mebibyte)),
            default: "10485760",
            "the largest job definition accepted"
        ),
        .init("ingest.maximum_jobs", .integer(1...1_000_000), default: "100000", "the most jobs in one jobset"),
        .init("ingest.prefetch", .integer(1...100), default: "2", "how many documents one ingest holds at once"),
    ]

    private static let submitter: [ConfigurationKey] = [
        .init(
            "submitter.attempt_lease_seconds",
            .seconds(1...3_600),
            default: "40",
            "how long a claimed attempt belongs to one submitter"
        ),
        .init(
            "submitter.retry_first_seconds",
            .seconds(0.01...3_600),
            default: "1",
            "the pause before the first repeat of a failed submission"
        ),
        .init(
            "submitter.retry_maximum_seconds",
            .seconds(0.01...day),
            default: "300",
            "the longest pause between repeats"
        ),
        .init(
            "submitter.undeliverable_after_seconds",
            .seconds(1...(365 * day)),
            default: "259200",
            "how long a job may remain unsubmitted before it ends as undeliverable"
        ),
        .init(
            "submitter.doubt_settle_seconds",
            .seconds(0...600),
            default: "10",
            "how long a submission in doubt is left to settle before the lab is asked for it"
        ),
        .init(
            "submitter.park_poll_milliseconds",
            .milliseconds(10...600_000),
            default: "1000",
            "how often a submitter looks for jobs that are due, once there were none"
        ),
        .init(
            "submitter.queue_length",
            .integer(1...100_000),
            default: "200",
            "the most messages that wait in the queue of one lab; the rest waits its turn in the database"
        ),
        .init(
            "submitter.refill_milliseconds",
            .milliseconds(1...600_000),
            default: "100",
            "how long after some jobs were due a submitter looks for more"
        ),
        .init(
            "submitter.stopped_probe_seconds",
            .seconds(0.1...3_600),
            default: "30",
            "how often a lab that refuses our token is asked whether it takes it now"
        ),
        .init(
            "submitter.circuit_failures",
            .integer(1...1_000),
            default: "5",
            "how many submissions to a lab may fail in a row before it is left alone"
        ),
        .init(
            "submitter.probe_first_seconds",
            .seconds(0.01...3_600),
            default: "1",
            "how long a lab that fails is left alone at first, before one job tries it"
        ),
        .init(
            "submitter.probe_maximum_seconds",
            .seconds(0.01...3_600),
            default: "4",
            "how long a lab that goes on failing is left alone at most, unless it asks for more"
        ),
        .init(
            "submitter.server_error_tries",
            .integer(1...1_000),
            default: "8",
            "how often a lab that takes others may answer one job with a failure of its own before that job ends as undeliverable"
        ),
        .init(
            "submitter.server_error_after_seconds",
            .seconds(1...(365 * day)),
            default: "3600",
            "for how long it may do so where it has no others to take"
        ),
    ]

    private static let watcher: [ConfigurationKey] = [
        .init(
            "watcher.poll_interval_seconds",
            .seconds(0.05...3_600),
            default: "2",
            "how often a lab is asked what finished while its events are silent"
        ),
        .init(
            "watcher.event_poll_interval_seconds",
            .seconds(0.05...day),
            default: "60",
            "how often it is asked all the same while its events flow"
        ),
        .init(
            "watcher.event_retry_first_seconds",
            .seconds(0.01...3_600),
            default: "0.2",
            "the pause before a lab's event stream that broke is opened again"
        ),
        .init(
            "watcher.event_retry_maximum_seconds",
            .seconds(0.01...3_600),
            default: "5",
            "the longest such pause"
        ),
        .init(
            "watcher.event_absent_retry_seconds",
            .seconds(0.05...day),
            default: "60",
            "how often a lab that has no event stream, or does not let us see it, is asked for it again"
        ),
        .init(
            "watcher.poll_overlap_seconds",
            .seconds(0...day),
            default: "10",
            "how far a poll looks back before the last one, against clocks that differ"
        ),
        .init("watcher.poll_page", .integer(1...1_000), default: "500", "how many lab jobs one page of a poll holds"),
        .init(
            "watcher.reconcile_interval_seconds",
            .seconds(1...day),
            default: "3600",
            "how often jobs that nobody has heard of are asked for"
        ),
        .init(
            "watcher.missing_grace_seconds",
            .seconds(0.1...day),
            default: "60",
            "how far apart the two looks are that show that a lab no longer knows a job"
        ),
        .init(
            "watcher.stuck_member_limit_seconds",
            .seconds(1...(365 * day)),
            default: "900",
            "how long a member of a multinode group may go on waiting once another has ended"
        ),
        .init(
            "watcher.cancel_maximum_tries",
            .integer(1...1_000),
            default: "20",
            "how often a lab is told to cancel a job before that is given up"
        ),
        .init(
            "watcher.lease_seconds",
            .seconds(1...3_600),
            default: "6",
            "how long a backend belongs to one watcher without a renewal"
        ),
        .init(
            "watcher.finished_prefetch",
            .integer(1...10_000),
            default: "64",
            "how many finished lab jobs one watcher fetches at once"
        ),
        .init(
            "watcher.flush_interval_milliseconds",
            .milliseconds(1...60_000),
            default: "20",
            "how long completions are gathered into one statement"
        ),
        .init(
            "watcher.flush_maximum_jobs",
            .integer(1...10_000),
            default: "200",
            "the most completions in one statement"
        ),
        .init(
            "watcher.maximum_results_per_job",
            .integer(1...10_000_000),
            default: "100000",
            "the most results kept of one job"
        ),
        .init(
            "watcher.infrastructure_patterns",
            .patterns,
            default: "",
            "which failures, by LAVA's error_msg, are the lab's and not the build's, besides those of error_type Infrastructure"
        ),
        .init(
            "watcher.infrastructure_retry_pause_seconds",
            .seconds(0...day),
            default: "10",
            "how long after an attempt that its lab failed the next one begins"
        ),
        .init(
            "watcher.open_limit_seconds",
            .seconds(1...(365 * day)),
            default: "21600",
            "how long after the last addition an open jobset is sealed by itself"
        ),
        .init(
            "watcher.squad_quiet_seconds",
            .seconds(0...(365 * day)),
            default: "0",
            "how long nothing may come in or end before a build that is submitted the way of SQUAD is sealed by itself, once all its jobs have ended; 0: never"
        ),
        .init(
            "watcher.deadline_poll_seconds",
            .seconds(0.05...3_600),
            default: "1",
            "how often jobsets are looked at whose deadline has passed"
        ),
        .init(
            "watcher.deadline_lab_jobs",
            .choice(["cancel", "leave"]),
            default: "cancel",
            "what becomes of the lab jobs of what a jobset's deadline has ended"
        ),
        .init(
            "watcher.lab_gone_after_seconds",
            .seconds(1...(365 * day)),
            default: "604800",
            "how long a lab may not answer before the jobs that it has end as lost"
        ),
        .init(
            "watcher.cancel_limit_seconds",
            .seconds(1...(30 * day)),
            default: "600",
            "how long a lab may take to confirm that a job is canceled before the job ends without that"
        ),
        .init(
            "watcher.sweep_interval_seconds",
            .seconds(0.1...day),
            default: "30",
            "how often the sweep looks for what was missed"
        ),
        .init(
            "watcher.sweep_age_seconds",
            .seconds(0.1...day),
            default: "60",
            "how long something must have stood still to be swept"
        ),
    ]

    private static let notifier: [ConfigurationKey] = [
        .init(
            "notifier.prefetch",
            .integer(1...10_000),
            default: "16",
            "how many notifications one notifier holds at once"
        ),
        .init("notifier.concurrency", .integer(1...1_000), default: "16", "how many deliveries one notifier has open"),
        .init(
            "notifier.poll_interval_seconds",
            .seconds(0.05...3_600),
            default: "1",
            "how often due deliveries are looked for"
        ),
        .init(
            "notifier.callback_timeout_seconds",
            .seconds(0.1...600),
            default: "20",
            "how long one callback may take, from name lookup to the last byte"
        ),
        .init(
            "notifier.lease_margin_seconds",
            .seconds(1...3_600),
            default: "10",
            "how much longer than two callbacks can take a delivery belongs to one notifier"
        ),
        .init(
            "notifier.retry_schedule_seconds",
            .secondsList(0...(30 * day)),
            default: "5, 300, 1800, 7200, 18000, 36000, 36000",
            "the pauses between attempts; when they are used up, the delivery has failed"
        ),
        .init("notifier.jitter", .fraction, default: "0.2", "how much of each pause is left to chance"),
        .init(
            "notifier.response_excerpt_bytes",
            .bytes(0...mebibyte),
            default: "20000",
            "how much of a receiver's answer is kept"
        ),
        .init(
            "notifier.log_kept_seconds",
            .seconds(1...(3_660 * day)),
            default: "2592000",
            "how long the tries of a delivery that is over are kept, with the receiver's answers"
        ),
        .init(
            "notifier.receiver_failing_seconds",
            .seconds(0...(366 * day)),
            default: "259200",
            "how long a receiver must have taken nothing to be marked as failing"
        ),
        .init(
            "notifier.upkeep_interval_seconds",
            .seconds(0.05...day),
            default: "60",
            "how often old tries are removed and failing receivers counted"
        ),
        .init(
            "notifier.squad_timeout_seconds",
            .seconds(0.1...3_600),
            default: "60",
            "how long SQUAD may take for one test run"
        ),
        .init(
            "notifier.squad_tests_per_run",
            .integer(1...100_000),
            default: "500",
            "how many test cases are pushed to SQUAD in one test run; a job with more has several"
        ),
    ]

    private static let projects: [ConfigurationKey] = [
        .init(
            "projects.*.infrastructure_patterns",
            .patterns,
            default: "",
            "besides watcher.infrastructure_patterns, which failures of this project's jobs are the lab's and not the build's"
        ),
        .init(
            "projects.*.squad_url",
            .url(schemes: ["http", "https"], secret: false),
            "the root of the SQUAD that results of this project's finished jobsets are pushed into"
        ),
        .init(
            "projects.*.squad_token",
            .secret,
            orFile: "projects.*.squad_token_file",
            "a token of that SQUAD's that may submit results"
        ),
        .init("projects.*.squad_token_file", .path, "a file that holds the token"),
        .init("projects.*.squad_project", .project, "the project there; otherwise of the same name"),
        .init("projects.*.mail", .addresses, default: "", "who is mailed the report of each of this project's jobsets"),
        .init(
            "projects.*.mail_junit",
            .choice(["true", "false"]),
            default: "false",
            "whether the report goes with it as JUnit XML"
        ),
    ]

    private static let process: [ConfigurationKey] = [
        .init(
            "log.level",
            .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
            default: "info",
            "the least important level that is logged"
        ),
        .init("log.format", .choice(["text", "json"]), default: "text", "the shape of a log line on standard error"),
        .init(
            "metrics.listen",
            .listen,
            default: "off",
            "where health and metrics are served, such as 127.0.0.1:9464; a worker each needs a port of its own"
        ),
        .init(
            "shutdown_grace_seconds",
            .seconds(0...3_600),
            default: "30",
            "how long a worker may take to finish what it has begun once it is told to stop"
        ),
    ]
}

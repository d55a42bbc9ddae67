// SPDX-License-Identifier: Apache-2.0

/// Everything that a worker may need to know before it starts, read once and validated as a whole.
///
/// Get one from ``load(configFile:environment:)``. Each section lists its keys; `docs/configuration.md` has them all
/// with type, unit, default and meaning, and a test keeps that page and ``ConfigurationKey/all`` the same.
public struct FleetConfiguration: Sendable {
    /// RabbitMQ.
    public var broker: Broker
    /// PostgreSQL.
    public var database: Database
    /// The labs, by the name that jobsets call them by.
    public var backends: [String: Backend]
    /// How jobset documents are taken in.
    public var ingest: Ingest
    /// How jobs are submitted.
    public var submitter: Submitter
    /// How jobs are watched and finished.
    public var watcher: Watcher
    /// How reports and callbacks are delivered.
    public var notifier: Notifier
    /// What a callback is signed with and where it may go.
    public var callback: Callback
    /// How reports are mailed.
    public var mail: Mail
    /// How the gateway serves HTTP.
    public var gateway: Gateway
    /// What is particular to a project, by `group/project`.
    public var projects: [String: Project]
    /// How much is logged, and in which shape.
    public var log: Log
    /// Where health and metrics are served.
    public var metrics: Metrics
    /// How long a worker may take to finish what it has begun once it is told to stop (`shutdown_grace_seconds`).
    public var shutdownGrace: Duration
    /// What a person should know although the worker can start: a readable secret, a mistyped variable.
    public var warnings: [ConfigurationFault]
    /// The file that was read, or `nil` when there was none.
    public var file: String?
}

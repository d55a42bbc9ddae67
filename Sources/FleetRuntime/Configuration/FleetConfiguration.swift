// SPDX-License-Identifier: Apache-2.0

/// Everything that a worker may need to know before it starts, read once and validated as a whole.
///
/// Get one from ``load(configFile:environment:)``. Each section states its keys; `docs/configuration.md` has them all
/// with type, unit, default and meaning, and a test keeps that page and ``ConfigurationKey/all`` the same.
package struct FleetConfiguration: ConfigurationSection {
    @Section("broker") package var broker = Broker()
    @Section("database") package var database = Database()
    @Sections("backends", named: .plain("a lab"), Backend.init) package var backends: [String: Backend]
    @Section("ingest") package var ingest = Ingest()
    @Section("submitter") package var submitter = Submitter()
    @Section("watcher") package var watcher = Watcher()
    @Section("notifier") package var notifier = Notifier()
    @Section("callback") package var callback = Callback()
    @Section("events") package var events = Events()
    @Section("mail") package var mail = Mail()
    @Section("gateway") package var gateway = Gateway()
    @Section("retention") var retention = RetentionSection()
    @Sections("projects", named: .project, Project.init) package var projects: [String: Project]
    @Section("log") package var log = Log()
    @Section("metrics") package var metrics = Metrics()

    @Key(
        "shutdown_grace_seconds",
        .seconds(0...3_600),
        default: .seconds(30),
        "how long a worker can take to finish its work in hand when it is asked to stop"
    )
    package var shutdownGrace: Duration

    /// What a person should know although the worker can start: a readable secret, a mistyped variable.
    package internal(set) var warnings: [ConfigurationFault] = []
    /// The file that was read, or `nil` when there was none.
    package internal(set) var file: String?

    init() {
        let usual = watcher.pollInterval
        for name in backends.keys { backends[name]?.usualPollInterval = usual }
    }

    package var conflicts: [ConfigurationFault] {
        projects.sorted { $0.key < $1.key }.flatMap { _, project in
            project.$mail.fault("is of no use without mail.url", if: mail.url == nil && !project.mail.isEmpty)
                + project.$mailCC.fault("is of no use without mail.url", if: mail.url == nil && !project.mailCC.isEmpty)
                + project.$digest.fault("is of no use without mail.url", if: mail.url == nil && !project.digest.isEmpty)
                + project.receiverFaults(hasMail: mail.url != nil) + project.secretFaults(callback)
        }
    }

    /// The labs whose jobs somebody else runs.
    package var externalBackends: Set<String> {
        Set(backends.values.lazy.filter { $0.type == .external }.map(\.name))
    }

    static let day = 86_400.0
    static let mebibyte = 1_048_576
}

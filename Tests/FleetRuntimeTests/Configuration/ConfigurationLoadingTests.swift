// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Foundation
import Logging
import Testing

@Suite("Loading the configuration")
struct ConfigurationLoadingTests {
    static let smallest = """
        broker: {url: "amqp://guest:brokerpass@127.0.0.1/"}
        database: {url: "postgres://muster:dbpass@127.0.0.1/muster"}
        """
    static let withLabs = """
        \(smallest)
        backends:
          lab-a: {url: "http://127.0.0.1:8080", token: labtoken}
          labB: {url: "https://lava.example.com", user: me, concurrency: 3, poll_interval_seconds: 0.5}
        watcher:
          poll_interval_seconds: 7
        callback: {secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", allowed_networks: ["127.0.0.0/8", "::1/128"]}
        """

    static func faults(_ text: String, _ environment: [String: String] = [:]) -> [String] {
        do {
            _ = try FleetConfiguration.load(text: text, environment: environment)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test("What the file leaves out has its default")
    func defaults() throws {
        let configuration = try FleetConfiguration.load(text: Self.smallest)
        #expect(configuration.broker.url.reveal == "amqp://guest:brokerpass@127.0.0.1/")
        #expect(configuration.broker.heartbeat == .seconds(10))
        #expect(configuration.broker.prefix == "muster")
        #expect(configuration.database.schema == nil)
        #expect(configuration.ingest.maximumDocumentBytes == 67_108_864)
        #expect(configuration.submitter.undeliverableAfter == .seconds(72 * 3_600))
        #expect(configuration.submitter.parkPoll == .milliseconds(1_000))
        #expect(configuration.watcher.flushInterval == .milliseconds(20))
        #expect(
            configuration.notifier.retrySchedule.map { $0 / .seconds(1) } == [
                5, 300, 1_800, 7_200, 18_000, 36_000, 36_000,
            ]
        )
        #expect(configuration.notifier.jitter == 0.2)
        #expect(configuration.callback.keys.all.isEmpty)
        #expect(configuration.callback.allowedNetworks.isEmpty)
        #expect(configuration.log.level == .info)
        #expect(configuration.metrics.listen == nil)
        #expect(configuration.shutdownGrace == .seconds(30))
        #expect(configuration.warnings.isEmpty)
    }

    @Test("Backends are read with their own settings, and the watcher's where they have none")
    func backends() throws {
        let configuration = try FleetConfiguration.load(text: Self.withLabs)
        let labA = try #require(configuration.backends["lab-a"])
        let labB = try #require(configuration.backends["labB"])
        #expect(labA.token?.reveal == "labtoken")
        #expect(labA.pollInterval == .seconds(7))
        #expect(labB.token == nil)
        #expect(labB.user == "me")
        #expect(labB.concurrency == 3)
        #expect(labB.pollInterval == .milliseconds(500))
        #expect(configuration.callback.allowedNetworks == ["127.0.0.0/8", "::1/128"])
    }

    @Test("The environment goes before the file, and the file before the default")
    func precedence() throws {
        let environment = [
            "MUSTER_BROKER_URL": "amqps://other/", "MUSTER_BACKENDS_LAB_A_TOKEN": "fromenv",
            "MUSTER_BACKENDS_LABB_CONCURRENCY": "9",
            "MUSTER_WATCHER_POLL_INTERVAL_SECONDS": "11", "MUSTER_CALLBACK_ALLOWED_NETWORKS": "10.0.0.0/8, fd00::/8",
            "MUSTER_NOTIFIER_RETRY_SCHEDULE_SECONDS": "1,2.5", "MUSTER_LOG_FORMAT": "json",
            "MUSTER_METRICS_LISTEN": "[::1]:9464",
            "MUSTER_METRICS_INSTANCE": "12",
            "MUSTER_SHUTDOWN_GRACE_SECONDS": "3",
        ]
        let configuration = try FleetConfiguration.load(text: Self.withLabs, environment: environment)
        #expect(configuration.broker.url.reveal == "amqps://other/")
        #expect(configuration.backends["lab-a"]?.token?.reveal == "fromenv")
        #expect(configuration.backends["labB"]?.concurrency == 9)
        #expect(configuration.watcher.pollInterval == .seconds(11))
        #expect(configuration.callback.allowedNetworks == ["10.0.0.0/8", "fd00::/8"])
        #expect(configuration.notifier.retrySchedule == [.seconds(1), .milliseconds(2_500)])
        #expect(configuration.log.format == .json)
        #expect(configuration.metrics.listen == ListenAddress(host: "::1", port: 9_464))
        #expect(configuration.metrics.address == ListenAddress(host: "::1", port: 9_476))
        #expect(configuration.shutdownGrace == .seconds(3))
    }

    @Test("A project's SQUAD has the project's own name unless said, and its token never shows")
    func squad() throws {
        let servers = "broker: {url: 'amqp://h'}\ndatabase: {url: 'postgres://h/d'}\nprojects:\n"
        let text =
            servers + """
                  g/p: {squad_url: 'https://squad.example', squad_token: hush}
                  g/q: {squad_url: 'https://squad.example/', squad_project: '~me/q'}
                  g/r: {}
                """
        let projects = try FleetConfiguration.load(text: text).projects
        #expect(projects["g/p"]?.squad?.project == "g/p")
        #expect(projects["g/p"]?.squad?.token?.reveal == "hush")
        #expect(projects["g/q"]?.squad?.project == "~me/q")
        #expect(projects["g/r"]?.squad == nil)
        #expect(!"\(projects)".contains("hush"))
        let faults = Self.faults(servers + "  g/p: {squad_token: hush}\n  g/q: {squad_url: 'x:y', squad_project: q}")
        #expect(faults.count == 3, "\(faults)")
        #expect(faults.contains { $0.contains("projects.g/p.squad_token is of no use without squad_url") })
        #expect(faults.contains { $0.contains("projects.g/q.squad_project must be group/project") })
    }

    @Test("Everything that is wrong is said at once, with its line or variable")
    func allFaults() {
        let text = """
            broker:
              url: http://x
              hartbeat: 3
            database: [1]
            backends:
              "lab a": {}
              lab-b: {token: 5, concurrency: many, url: "http://u:p@h"}
            log: {level: loud}
            projects: {p: {}, g/p: {infrastructure_patterns: ["(", "ok"]}}
            colour: red
            """
        let faults = Self.faults(text, ["MUSTER_NOTIFIER_JITTER": "2", "MUSTER_INGEST_PREFETCH": ""])
        let wanted = [
            "muster.yaml:3: broker.hartbeat is not a key that Muster knows; known here: url, url_file",
            "muster.yaml:4: database must be a mapping",
            "muster.yaml:6: backends.lab a must be named by",
            "muster.yaml:9: projects.p must be named group/project",
            "muster.yaml:10: colour is not a key",
            "muster.yaml:2: broker.url must begin with amqp:// or amqps://",
            "database.url is missing; it can also be given by MUSTER_DATABASE_URL or database.url_file",
            "muster.yaml:7: backends.lab-b.url must not hold a user or a password",
            "muster.yaml:7: backends.lab-b.concurrency must be a whole number",
            "MUSTER_INGEST_PREFETCH: ingest.prefetch is empty",
            "MUSTER_NOTIFIER_JITTER: notifier.jitter must be a number from 0 to 1",
            "muster.yaml:9: projects.g/p.infrastructure_patterns element 1 is not a regular expression",
            "muster.yaml:8: log.level must be one of trace",
        ]
        #expect(faults.count == wanted.count, "\(faults)")
        for (fault, words) in zip(faults, wanted) { #expect(fault.hasPrefix(words)) }
    }

    @Test("A file that is not YAML, or says a key twice, is refused without quoting it")
    func notYAML() {
        #expect(Self.faults("broker: {url: \"s3cret").first?.contains("is not YAML") == true)
        #expect(Self.faults("a: s3cret\na: 2").first == "muster.yaml:1: the key \"a\" stands there twice")
        #expect(Self.faults("- s3cret").contains { $0.contains("must be a mapping") })
        #expect(!Self.faults("broker: {url: \"s3cret").joined().contains("s3cret"))
    }

    @Test("Keys that only together are wrong are refused")
    func together() {
        let text =
            Self.withLabs.replacing("labB", with: "lab_a")
            + "\nsubmitter: {retry_first_seconds: 9, retry_maximum_seconds: 8}"
        let faults = Self.faults(text, ["MUSTER_BROKER_HEARTBEAT_SECONDS": "1.5"])
        #expect(faults.count == 3, "\(faults)")
    }

    @Test("A path is relative to the folder of the file; one from the environment is as it is there")
    func paths() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text =
            Self.smallest + """

                backends: {lab-a: {url: "http://h", ca_file: a.pem}}
                callback: {ca_file: b.pem}
                mail: {ca_file: /c.pem}
                """
        try text.write(toFile: "\(folder)/muster.yaml", atomically: true, encoding: .utf8)
        let environment = ["MUSTER_BROKER_CA_FILE": "d.pem"]
        let configuration = try FleetConfiguration.load(configFile: "\(folder)/muster.yaml", environment: environment)
        #expect(configuration.backends["lab-a"]?.authorityFile == "\(folder)/a.pem")
        #expect(configuration.callback.authorityFile == "\(folder)/b.pem")
        #expect(configuration.mail.authorityFile == "/c.pem")
        #expect(configuration.broker.authorityFile == "d.pem")
    }

    @Test("What keys only together get wrong is said of each section, beside the faults of others")
    func togetherBesideOthers() {
        let faults = Self.faults(
            Self.smallest + """

                submitter: {retry_first_seconds: 9, retry_maximum_seconds: 8}
                mail: {url: "smtp://mail", timeout_seconds: x}
                callback: {secrets: {a: {}, a.b: {secret: x}, a_b: {}}}
                """
        )
        #expect(
            faults == [
                "muster.yaml:3: submitter.retry_first_seconds must not be more than submitter.retry_maximum_seconds",
                "callback.secrets.a.secret is missing, and so is a private key",
                "muster.yaml:5: callback.secrets.a.b.secret must be whsec_ followed by base64 of 24 to 64 bytes",
                "callback.secrets.a_b.secret is missing, and so is a private key",
                "muster.yaml:4: mail.timeout_seconds must be a number of seconds",
                "muster.yaml:5: callback.secrets.a.b can't be told from a_b in the environment: rename one of the two secrets",
            ]
        )
    }

    @Test("Every default is one that its key could have been given")
    func defaultsAreValid() throws {
        let keys = ConfigurationKey.all.filter { !$0.path.contains("*") && $0.fallback?.isEmpty == false }
        var environment: [String: String] = [:]
        for key in keys {
            let name = key.path.uppercased().replacing(".", with: "_")
            environment["MUSTER_" + name] = key.fallback
        }
        let given = try FleetConfiguration.load(text: Self.smallest, environment: environment)
        let assumed = try FleetConfiguration.load(text: Self.smallest)
        #expect(keys.count > 80)
        #expect(given.warnings.isEmpty)
        #expect(given.notifier.retrySchedule == assumed.notifier.retrySchedule)
        #expect(given.gateway.listen == assumed.gateway.listen)
        #expect(given.watcher.squadQuiet == assumed.watcher.squadQuiet)
        #expect(given.log.level == assumed.log.level)
    }

    @Test(
        "What is no network is refused, and never left out in silence",
        arguments: ["::ffff:10.0.0.0/104", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0.0", "fd00::/129", "x/8"]
    )
    func noNetwork(text: String) {
        #expect(Self.faults(Self.smallest + "\ncallback: {allowed_networks: [\"\(text)\"]}").count == 1)
        #expect(Network(text) == nil)
    }

    @Test("Mail needs a sender and whole credentials, and a project's receivers need a mail server")
    func mail() throws {
        #expect(
            Self.faults(Self.smallest + "\nmail: {url: \"smtp://mail\", user: me}").map { $0.prefix { $0 != " " } }
                .count == 2
        )
        let projects = "\nprojects: {g/p: {mail: [a@example.org, b@example.org], mail_junit: true}}"
        #expect(Self.faults(Self.smallest + projects).count == 1)
        #expect(Self.faults(Self.smallest + "\nmail: {from: \"a b@c\", password: x}").count == 1)
        let whole = "\nmail: {url: \"smtps://mail:465\", user: me, password: geheim, from: m@example.org}"
        let configuration = try FleetConfiguration.load(text: Self.smallest + whole + projects, environment: [:])
        #expect(configuration.projects["g/p"]?.mailReceivers.map(\.description) == ["a@example.org", "b@example.org"])
        #expect(configuration.projects["g/p"]?.mailsJUnit == true)
        #expect(configuration.mail.startTLS == .required)
        #expect(!"\(configuration.mail)".contains("geheim"))
    }

    @Test("A variable that Muster does not know is a warning")
    func unknownVariable() throws {
        let environment = ["MUSTER_BROKER_ULR": "x", "MUSTER_TEST_X": "y", "MUSTER_CONFIG": "z", "PATH": "p"]
        let configuration = try FleetConfiguration.load(text: Self.smallest, environment: environment)
        #expect(configuration.warnings.map(\.key) == ["MUSTER_BROKER_ULR"])
    }

    @Test(
        "Each faulty value is told from the good ones",
        arguments: [
            ("broker: {heartbeat_seconds: 0}", "broker.heartbeat_seconds must be from 1 to 600 seconds"),
            ("broker: {prefix: a/b}", "broker.prefix must be letters"),
            ("callback: {secret: whsec_x}", "callback.secret must be whsec_"),
            ("callback: {allowed_networks: [10.0.0.0]}", "callback.allowed_networks element 1 must be a network"),
            ("callback: {allowed_networks: 10.0.0.0/8}", "callback.allowed_networks must be a list"),
            ("metrics: {listen: \"9464\"}", "metrics.listen must be host:port, or off"),
            ("metrics: {instance: 100}", "metrics.instance must be from 0 to 99"),
            (
                "metrics: {listen: \"h:65530\", instance: 6}",
                "metrics.listen has no port left for metrics.instance 6"
            ),
            ("ingest: {prefetch: [1]}", "ingest.prefetch must be a single value"),
            ("database: {schema: \"\"}", "database.schema is empty"),
            ("watcher: {poll_interval_seconds: nan}", "watcher.poll_interval_seconds must be a number of seconds"),
            ("ingest: {maximum_jobs: 99999999999999999999}", "ingest.maximum_jobs must be a whole number"),
        ]
    )
    func values(_ text: String, _ reason: String) {
        let faults = Self.faults(text).filter { !$0.contains("is missing") }
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.first?.contains(reason) == true, "\(faults)")
    }
}

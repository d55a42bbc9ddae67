// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import HTTPExchange

extension FleetConfiguration {
    /// Where the labs' own pages are.
    package var labAddresses: LabAddresses { LabAddresses(backends.compactMapValues(\.url)) }

    /// What kind of lab a backend is.
    package enum BackendType: String, Sendable, CaseIterable {
        /// A LAVA server.
        case lava
        /// Somebody else runs its jobs, and reports their results.
        case external
    }

    /// One lab: section `backends.<name>`.
    package struct Backend: ConfigurationSection {
        /// What jobsets call it.
        package let name: String

        @Key(
            "type",
            .choice,
            default: .lava,
            "kind of lab: a LAVA server, or one whose jobs somebody else runs (external.md)"
        )
        package var type: BackendType

        @Key(
            "url",
            .url("http", "https"),
            "root URL of the lab's web server, such as https://lava.example.com; required for a LAVA server, and "
                + "only allowed there"
        )
        package var url: String?

        @Key("events_url", .url("ws", "wss"), "URL of the lab's event stream; default: /ws/ on its web server")
        package var eventsURL: String?

        @Key(
            "ca_file",
            .path,
            "PEM file with the only certificate authorities to trust for the lab; default: the system's"
        )
        package var authorityFile: String?

        @Key(
            "proxy",
            .proxy,
            "the HTTP proxy through which the lab is reached, or none; default: "
                + "https_proxy, http_proxy and no_proxy of the environment"
        )
        private var ownProxy: ProxyChoice?

        @Key("user", .text, "the user to whom the token belongs")
        package var user: String?

        @Key("token", .secret, "the token with which jobs are submitted")
        package var token: Secret?

        @Key("request_timeout_seconds", .seconds(0.1...600), default: .seconds(30), "time limit for one request")
        package var requestTimeout: Duration

        @Key(
            "concurrency",
            .integer(1...1_000),
            default: 8,
            "maximum number of open requests to the lab per worker; up to two more for requests other than results"
        )
        package var concurrency: Int

        @Key(
            "pool_timeout_seconds",
            .seconds(0.1...1_200),
            default: .seconds(300),
            "time limit for a request that waits because backends.*.concurrency of them are open"
        )
        package var poolTimeout: Duration

        @Key(
            "maximum_in_flight",
            .integer(1...1_000_000),
            default: 1_000,
            "maximum number of attempts in the lab at once, over all workers"
        )
        package var maximumInFlight: Int

        @Key(
            "cancel_watched",
            .flag,
            default: false,
            "whether Muster can cancel jobs that it only watches there (lab_job); applies to jobs that are accepted "
                + "later"
        )
        package var cancelsWatched: Bool

        @Key(
            "poll_interval_seconds",
            .seconds(0.05...3_600),
            "how often the lab is polled while it sends no events; default: watcher.poll_interval_seconds"
        )
        private var ownPollInterval: Duration?

        @Key(
            "queued_limit_seconds",
            .seconds(1...(365 * day)),
            "how long a job can wait in the lab's queue before it ends as expired; a job can have a shorter limit; default: "
                + "no limit"
        )
        package var queuedLimit: Duration?

        @Key(
            "running_limit_seconds",
            .seconds(1...(365 * day)),
            "how long a job can run in the lab before it ends as expired; a job can have a shorter limit; default: no limit"
        )
        package var runningLimit: Duration?

        /// `watcher.poll_interval_seconds`, which holds for a lab that has no interval of its own.
        var usualPollInterval = Duration.zero

        /// The proxies of the environment.
        private let proxies = ConfigurationScope.current.reading.proxies

        /// What requests to the lab go through; `nil`: nothing.
        package var proxy: HTTPProxy? {
            switch ownProxy {
            case .direct: nil
            case .through(let proxy): proxy
            case nil: url.flatMap { try? proxies.proxy(to: $0) }
            }
        }

        /// How often the lab is asked what finished while its events are silent.
        package var pollInterval: Duration { ownPollInterval ?? usualPollInterval }

        init(name: String) { self.name = name }

        package var conflicts: [ConfigurationFault] {
            switch type {
            case .lava:
                $url.fault(
                    ConfigurationReading.missing([ConfigurationPlace.variable($url.path)]),
                    if: url == nil && $url.source == nil
                ) + (ownProxy == nil ? proxies.faults($url, url) : [])
            case .external:
                $url.fault("is of no use for a lab of type external", if: url != nil)
                    + $token.fault("is of no use for a lab of type external", if: token != nil)
                    + $ownProxy.fault("is of no use for a lab of type external", if: ownProxy != nil)
            }
        }
    }
}

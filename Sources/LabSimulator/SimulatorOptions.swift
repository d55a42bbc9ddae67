// SPDX-License-Identifier: Apache-2.0

/// How a simulated lab is set up.
struct SimulatorOptions: Sendable {
    /// Someone who may come in.
    struct User: Sendable {
        var name: String
        var token: String
        /// May cancel anybody's job.
        var isAdmin: Bool
    }

    /// What a lab shows over TLS.
    struct TLSFiles: Sendable {
        var certificate: String
        var key: String
    }

    var host = "127.0.0.1"
    /// 0 takes any free port; it is kept through restarts.
    var port = 0
    /// The port of the event stream: nil is the same as the API's, 0 takes any free one.
    var eventsPort: Int?
    var users = [User(name: "admin", token: "simulated", isAdmin: true)]
    /// How many devices there are of each type.
    var devices = ["sim": 8]
    /// What a job does whose definition does not say.
    var defaults = Behaviour()
    /// How long a job stays Submitted before it may have a device, in milliseconds.
    var queueMilliseconds = 0
    /// How long a job stays Scheduled, in milliseconds.
    var startMilliseconds = 0
    /// How long a running job stays Canceling, in milliseconds.
    var cancelMilliseconds = 50
    /// The most jobs the lab keeps.
    var maximumJobs = 1_000_000
    /// The largest body of a request, in bytes.
    var maximumBodyBytes = 64 * 1024 * 1024
    /// The names by which the lab may be addressed, or nil for any. LAVA answers any other with 400.
    var allowedHosts: Set<String>?
    /// How long an idle connection stays open, in milliseconds: LAVA's server closes it after 2.0 s.
    var idleMilliseconds = 2_000
    /// Which LAVA it looks like; those of 2024 and later cancel jobs in batches.
    var version = "2023.01"
    /// Whether anything is said on the event stream: a lab whose operator left `EVENT_NOTIFICATION` off takes listeners
    /// and says nothing.
    var hasEvents = true
    /// PEM files of a certificate with its chain, and of its key; nil is without TLS.
    var tls: TLSFiles?
    /// Where the log goes, or nil for none.
    var logPath: String?

    /// Whether it takes `jobs/batch_cancel/`.
    var cancelsBatches: Bool { (Int(version.prefix(4)) ?? 0) >= 2024 }
}

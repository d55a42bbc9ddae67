// SPDX-License-Identifier: Apache-2.0

extension TestFleet {
    /// Pauses short enough for a test; the ones that matter to a test it sets itself.
    static let quickSettings: Settings = [
        "backend": ["request_timeout_seconds": "2"],
        "submitter": [
            "attempt_lease_seconds": "1", "retry_first_seconds": "0.1", "retry_maximum_seconds": "1",
            "doubt_settle_seconds": "0.5", "park_poll_milliseconds": "100",
            "probe_first_seconds": "0.1", "probe_maximum_seconds": "0.5", "stopped_probe_seconds": "0.5",
        ],
        "watcher": [
            "poll_interval_seconds": "0.2", "reconcile_interval_seconds": "3", "lease_seconds": "2",
            "missing_grace_seconds": "1", "event_retry_maximum_seconds": "0.5",
            "sweep_interval_seconds": "1", "sweep_age_seconds": "3", "infrastructure_retry_pause_seconds": "0.1",
        ],
        "notifier": [
            "poll_interval_seconds": "0.2", "callback_timeout_seconds": "1", "lease_margin_seconds": "1",
            "retry_schedule_seconds": "[0.2, 0.2, 0.5, 1, 1, 1, 1, 1, 1, 1]",
        ],
    ]

    /// Lends a fleet of which no worker runs yet. A lab in `real` is used as it is; the others are simulated.
    static func with(
        labs: [String] = ["lab-a"],
        real: [String: LabAddress] = [:],
        labOptions: [String] = [],
        settings: Settings = [:],
        _ body: @Sendable (TestFleet) async throws -> Void
    ) async throws {
        let simulated = labs.filter { real[$0] == nil }
        try await with(
            labs: real,
            simulated: Dictionary(uniqueKeysWithValues: simulated.map { ($0, labOptions) }),
            settings: callbacks.overridden(by: quickSettings).overridden(by: settings),
            companions: [.publisher, .receiver],
            body
        )
    }
}

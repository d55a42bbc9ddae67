// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Every metric that Muster itself counts, by its name. Those of the libraries below it have lists of their own there.
///
/// `docs/metrics.md` has a row for each, which a test compares with ``description``.
package enum FleetMetric: String, CaseIterable, Sendable {
    case jobsetsAccepted = "muster_jobsets_accepted_total"
    case jobsetsRefused = "muster_jobsets_refused_total"
    case additionsAccepted = "muster_additions_accepted_total"
    case submissions = "muster_submissions_total"
    case surplusLabJobs = "muster_surplus_lab_jobs_total"
    case labLease = "muster_lab_lease"
    case eventStream = "muster_event_stream"
    case events = "muster_events_total"
    case polls = "muster_polls_total"
    case fetches = "muster_fetches_total"
    case failingFetches = "muster_failing_fetches"
    case labCancels = "muster_lab_cancels_total"
    case expired = "muster_expired_total"
    case deadlineExpired = "muster_deadline_expired_total"
    case swept = "muster_swept_total"
    case removed = "muster_removed_total"
    case mismatchedJobsets = "muster_mismatched_jobsets"
    case deliveries = "muster_deliveries_total"
    case deliveryTime = "muster_delivery_seconds"
    case receiversMarked = "muster_receivers_marked_total"
    case receiversFailing = "muster_receivers_failing"
    case eventsPublished = "muster_events_published_total"
    case eventsDropped = "muster_events_dropped_total"
    case eventBacklog = "muster_event_backlog"
    case eventBacklogOldest = "muster_event_backlog_oldest_seconds"
    case requests = "muster_requests_total"
    case requestTime = "muster_request_seconds"
    case messages = "muster_messages_total"
    case groupItems = "muster_group_items"
    case backlogJobs = "muster_backlog_jobs"
    case backlogOldest = "muster_backlog_oldest_seconds"
    case labInFlight = "muster_lab_in_flight"
    case labInFlightLimit = "muster_lab_in_flight_limit"
    case labState = "muster_lab_state"
    case labLastContact = "muster_lab_last_contact_timestamp_seconds"
    case unfetched = "muster_unfetched_lab_jobs"
    case runningJobsets = "muster_running_jobsets"
    case openJobsets = "muster_open_jobsets"
    case dueDeliveries = "muster_due_deliveries"
    case overdueDeliveries = "muster_overdue_deliveries"
    case deadLetters = "muster_dead_letters"
    case spans = "muster_spans_total"
    case reloads = "muster_configuration_reloads_total"
    case buildInfo = "muster_build_info"
    case metricsDropped = "muster_metrics_dropped_total"

    /// A label of a metric.
    package enum Label: String, Sendable {
        case backend, outcome, state, what, kind, method, route, status, queue, version, commit
    }

    /// What is said of the metric: who has it, its labels, its meaning.
    package var description: MetricDescription {
        switch self {
        case .jobsetsAccepted: .init(self, "ingest", "jobsets accepted")
        case .jobsetsRefused: .init(self, "ingest", "documents refused, jobsets and additions")
        case .additionsAccepted: .init(self, "ingest", "additions to open jobsets")
        case .submissions:
            .init(
                self,
                "submitter",
                by: [.backend, .outcome],
                values: [.outcome: ["submitted", "adopted", "failed"]],
                "submissions to a lab: submitted, adopted (found in the lab after a doubt), failed"
            )
        case .surplusLabJobs:
            .init(
                self,
                "submitter, watcher",
                by: [.backend],
                "duplicates that a lab created for an attempt because it carried out a request after the client had given "
                    + "up; they are canceled there"
            )
        case .labLease:
            .init(self, "watcher", by: [.backend], "1 while this watcher holds the lab's lease, 0 once it has lost it")
        case .eventStream:
            .init(
                self,
                "watcher",
                by: [.backend],
                "1 while this watcher follows the lab's events, 0 once it has lost them"
            )
        case .events:
            .init(
                self,
                "watcher",
                by: [.backend, .state],
                values: [
                    .state: [
                        "Submitted", "Scheduling", "Scheduled", "Running", "Canceling", "Finished", "other",
                    ]
                ],
                "job events, by LAVA's state"
            )
        case .polls:
            .init(
                self,
                "watcher",
                by: [.backend, .outcome],
                values: [.outcome: ["ok", "failed", "refused"]],
                "requests for finished jobs: ok, failed, refused (the lab does not list its jobs)"
            )
        case .fetches:
            .init(
                self,
                "watcher",
                by: [.backend, .outcome],
                values: [.outcome: ["ok", "failed", "not_finished", "given_back"]],
                "fetches of a lab job's results: ok, failed, not_finished, given_back (because the watcher has too much in "
                    + "hand)"
            )
        case .failingFetches:
            .init(self, "watcher", by: [.backend], "results that could not be fetched and are being retried")
        case .labCancels:
            .init(
                self,
                "watcher",
                by: [.backend, .outcome],
                values: [.outcome: ["sent", "given_up"]],
                "lab jobs that a lab was asked to cancel: sent, given_up"
            )
        case .expired: .init(self, "watcher", by: [.backend], "jobs ended by a time limit")
        case .deadlineExpired: .init(self, "watcher", "jobs ended by the deadline of their jobset")
        case .removed:
            .init(
                self,
                "watcher",
                by: [.what],
                values: [.what: ["results", "definitions", "reports", "jobsets", "rejected", "totals"]],
                "jobsets of which a part is not kept any longer (results, definitions, reports, jobsets), refused "
                    + "documents (rejected), and rows of totals"
            )
        case .swept:
            .init(
                self,
                "watcher",
                by: [.what],
                values: [
                    .what: [
                        "missed finish", "lost job message", "lost lab job message", "uncounted lab job",
                        "jobset left open", "lab job of an ended job", "miscounted turn",
                    ]
                ],
                "what the sweep had to recover: missed finish, lost job message, lost lab job message, uncounted lab job, "
                    + "jobset left open, lab job of an ended job, miscounted turn"
            )
        case .mismatchedJobsets: .init(self, "watcher", "jobsets whose counter disagrees with their jobs")
        case .deliveries:
            .init(
                self,
                "notifier",
                by: [.kind, .outcome],
                values: [
                    .kind: ["report", "callback", "squad", "mail", "warning", "kcidb", "webhook", "digest"],
                    .outcome: ["delivered", "retried", "failed"],
                ],
                "tries of deliveries (report, callback, squad, mail, warning, kcidb, webhook, digest): delivered, retried, failed "
                    + "(given up)"
            )
        case .deliveryTime: .init(self, "notifier", by: [.kind], "the time that one try takes")
        case .receiversMarked: .init(self, "notifier", "receivers that were marked as failing, each once")
        case .receiversFailing:
            .init(self, "notifier", "receivers that have accepted nothing for notifier.receiver_failing_seconds")
        case .eventsPublished, .eventsDropped, .eventBacklog, .eventBacklogOldest: publishedDescription
        case .requests: .init(self, "gateway", by: [.method, .route, .status], "requests answered")
        case .requestTime: .init(self, "gateway", by: [.route], "the time until the answer to a request begins")
        case .messages:
            .init(
                self,
                "all",
                by: [.queue, .outcome],
                values: [.outcome: ["done", "retry", "dead"]],
                "messages handled: done, retry, dead"
            )
        case .groupItems:
            .init(
                self,
                "submitter, watcher",
                by: [.what],
                "how many are done in one transaction (histogram): claim, submission, fetch, completion"
            )
        case .spans:
            .init(
                self,
                "all",
                by: [.outcome],
                values: [.outcome: ["exported", "dropped"]],
                "spans of traces: exported, or dropped because the collector did not take them or too many waited"
            )
        case .reloads:
            .init(
                self,
                "all",
                by: [.outcome],
                values: [.outcome: ["taken", "refused", "failed"]],
                "times that SIGHUP has had the configuration read again: taken, refused (it has a fault), failed (its services "
                    + "did not become ready)"
            )
        case .buildInfo:
            .init(
                self,
                "all",
                by: [.version, .commit],
                "1; its labels are the version, and the commit if the build states it"
            )
        case .backlogJobs, .backlogOldest, .labInFlight, .labInFlightLimit, .labState, .labLastContact, .unfetched:
            labDescription
        case .runningJobsets, .openJobsets, .dueDeliveries, .overdueDeliveries, .deadLetters: fleetDescription
        case .metricsDropped: .init(self, "all", "label sets beyond the limit of one metric")
        }
    }
}

extension MetricDescription {
    init(
        _ metric: FleetMetric,
        _ workers: String,
        by labels: [FleetMetric.Label] = [],
        values: [FleetMetric.Label: [String]] = [:],
        _ meaning: String
    ) {
        self.init(name: metric.rawValue, labels: labels.map(\.rawValue), workers: workers, meaning: meaning)
        self.values = Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) })
    }
}

/// Gauges of how things stand. One watcher tells each of them: the holder of a lab's lease, and for what is of no lab, the
/// holder of the first one's.
extension FleetMetric {
    /// Those of a lab.
    package static let labStates: [FleetMetric] = [
        .backlogJobs, .backlogOldest, .labInFlight, .labInFlightLimit, .labState, .labLastContact, .unfetched,
    ]
    /// Those of the fleet that the holder of the first lab's lease tells.
    package static let fleetStates: [FleetMetric] = [
        .runningJobsets, .openJobsets, .dueDeliveries, .overdueDeliveries,
    ]

    var labDescription: MetricDescription {
        let holder = "watcher"
        return switch self {
        case .backlogJobs: .init(self, holder, by: [.backend], "jobs that wait for the lab")
        case .backlogOldest:
            .init(self, holder, by: [.backend], "for how long the oldest of them has waited; 0 if none waits")
        case .labInFlight:
            .init(self, holder, by: [.backend], "attempts that the lab has or that are being submitted")
        case .labInFlightLimit:
            .init(self, holder, by: [.backend], "how many that can be: backends.*.maximum_in_flight")
        case .labState:
            .init(
                self,
                holder,
                by: [.backend, .state],
                "1 for the state that the lab is in, else 0: ok, paused, stopped (it rejects the token), broken (circuit "
                    + "open), probing"
            )
        case .labLastContact: .init(self, holder, by: [.backend], "when the lab last answered, in seconds since 1970")
        default:
            .init(self, holder, by: [.backend], "finished lab jobs whose results are not stored yet")
        }
    }

    var fleetDescription: MetricDescription {
        let holder = "watcher"
        return switch self {
        case .runningJobsets: .init(self, holder, "jobsets that are not finished")
        case .openJobsets: .init(self, holder, "of these, jobsets that more jobs can be added to")
        case .dueDeliveries: .init(self, holder, by: [.kind], "deliveries that have not ended")
        case .overdueDeliveries:
            .init(self, holder, by: [.kind], "of these, deliveries whose time came more than 5 minutes ago")
        default:
            .init(
                self,
                holder,
                "messages that nobody could handle, in the queue of dead letters; every watcher says it"
            )
        }
    }
}

/// Events that are published for others.
extension FleetMetric {
    var publishedDescription: MetricDescription {
        let relay = "notifier"
        return switch self {
        case .eventsPublished:
            .init(
                self,
                relay,
                by: [.what],
                values: [.what: FleetEventType.allCases.map(\.rawValue)],
                "events published, by type"
            )
        case .eventsDropped:
            .init(self, relay, "events dropped because more than events.maximum_backlog waited to be published")
        case .eventBacklog:
            .init(self, relay, "events that wait to be published; only the notifier that publishes says it")
        default: .init(self, relay, "for how long the oldest of them has waited; 0 if none waits")
        }
    }
}

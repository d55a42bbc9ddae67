// SPDX-License-Identifier: Apache-2.0

/// One thing that a campaign does to a fleet and to what it works with.
enum CampaignFault: Sendable, CustomStringConvertible {
    /// A worker is killed, and another started.
    case kill(TestFleet.Role)
    /// A worker is killed, and the one that takes its place dies at a fault point.
    case arm(TestFleet.Role, String)
    /// A server is restarted.
    case restart([String])
    /// The broker loses all it had.
    case wipeBroker
    /// All connections through a proxy are cut.
    case cut(Way)
    /// They are cut, and none is let through for so many milliseconds.
    case refuse(Way, Int)
    /// Nothing passes for so many milliseconds.
    case hold(Way, Int)
    /// All that passes is late by some milliseconds, for so many milliseconds.
    case delay(Way, by: Int, Int)
    /// So many commits take effect in the database while their answers are lost.
    case loseCommits(Int)
    /// A lab misbehaves as ordered.
    case order(String, String)
    /// A lab's event streams are cut, refused or silent.
    case streams(String, String)
    /// A lab gets the processor for some milliseconds, and then has to do without it for others, again and again for so
    /// many in all.
    case starve(String, running: Int, stopped: Int, Int)
    /// A lab is away for so many milliseconds.
    case restartLab(String, Int)
    /// The receiver answers with a status, for so many milliseconds.
    case answer(Int, Int)
    /// The receiver does not answer, for so many milliseconds.
    case hang(Int)
    /// The receiver takes so many callbacks, and its answers get lost.
    case loseAnswers(Int)

    /// What goes through a proxy.
    enum Way: String, Sendable, CaseIterable {
        case broker
        case database
        case labA = "lab-a"
        case labB = "lab-b"
        case receiver
    }

    /// What it counts as in the campaign's summary.
    var sort: String {
        switch self {
        case .kill: "kills"
        case .arm: "kills at a fault point"
        case .restart(let arguments): "restarts of \(arguments.first ?? "")"
        case .wipeBroker: "wipes of the broker"
        case .cut, .refuse: "cuts of connections"
        case .hold, .delay: "holds and delays of connections"
        case .loseCommits: "losses of a commit's answer"
        case .order, .streams: "faults of labs"
        case .starve: "labs starved"
        case .restartLab: "restarts of labs"
        case .answer, .hang, .loseAnswers: "faults of the receiver"
        }
    }

    var description: String {
        switch self {
        case .kill(let role): "kill \(role)"
        case .arm(let role, let point): "\(role) dies at \(point)"
        case .restart(let arguments): "restart \(arguments.joined(separator: " "))"
        case .wipeBroker: "wipe rabbitmq"
        case .cut(let way): "cut \(way.rawValue)"
        case .refuse(let way, let time): "refuse \(way.rawValue) for \(time) ms"
        case .hold(let way, let time): "hold \(way.rawValue) for \(time) ms"
        case .delay(let way, let by, let time): "delay \(way.rawValue) by \(by) ms for \(time) ms"
        case .loseCommits(let count): "lose the answers of \(count) commits"
        case .order(let lab, let order): "\(lab): \(order)"
        case .streams(let lab, let order): "\(lab), streams: \(order)"
        case .starve(let lab, let running, let stopped, let time):
            "\(lab) has the processor for \(running) ms in \(running + stopped), for \(time) ms"
        case .restartLab(let lab, let time): "\(lab) is away for \(time) ms"
        case .answer(let status, let time): "the receiver answers \(status) for \(time) ms"
        case .hang(let time): "the receiver hangs for \(time) ms"
        case .loseAnswers(let count): "lose \(count) answers of the receiver"
        }
    }
}

/// A fault and its time. Those of one lane come one after the other.
struct PlannedFault: Sendable {
    enum Lane: String, Sendable, CaseIterable {
        case workers, servers, network, labs, receiver
    }

    /// In milliseconds from the campaign's start.
    let at: Int
    let lane: Lane
    let fault: CampaignFault
}

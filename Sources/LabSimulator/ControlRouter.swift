// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// What a person or a test orders from the simulator: faults, restarts, devices, the state of jobs. It needs no
/// token: the simulator listens on loopback.
struct ControlRouter: Sendable {
    let lab: Lab
    let faults: FaultBook
    let counts: RequestCounts
    let late: LateRequests
    let hub: StreamHub
    let restart: @Sendable (Outage) -> Void

    static let root = "/simulator/"

    /// A time during which nothing listens.
    struct Outage: Sendable, Decodable {
        var downMilliseconds: Int?
        var keep: Bool?

        enum CodingKeys: String, CodingKey {
            case keep
            case downMilliseconds = "down_ms"
        }
    }

    private struct Statistics: Encodable {
        var requests: [String: Int]
        var jobs: [String: Int]
        var total: Int
        /// Requests that are still to be carried out.
        var waiting: Int
        var streams: Streams
    }

    private struct Streams: Encodable {
        /// How many listen now.
        var open: Int
        /// How many events were sent.
        var events: Int
    }

    func respond(to request: RestRequest) -> Answer {
        let parts = request.path.dropFirst(Self.root.count).split(separator: "/")
        switch (request.method, parts.first, parts.count) {
        case ("GET", "stats", 1): return encoded(200, statistics)
        case ("GET", "faults", 1): return encoded(200, faults.all)
        case ("DELETE", "faults", 1):
            faults.clear()
            return .json(200, JSONText.object("message", "No faults are ordered."))
        case ("POST", "faults", 1):
            return decoded(Fault.self, request) { fault in
                faults.add(fault).map { encoded(201, $0) } ?? .detail(400, "Too many faults.")
            }
        case ("POST", "restart", 1):
            return decoded(Outage.self, request) { outage in
                restart(outage)
                return .json(202, JSONText.object("message", "Restarting."))
            }
        case ("GET", "streams", 1): return encoded(200, streams)
        case ("POST", "streams", 1):
            return decoded(StreamHub.Order.self, request) { order in
                hub.perform(order)
                return encoded(200, streams)
            }
        case ("POST", "clock", 1):
            return decoded(LabClock.Order.self, request) { order in
                lab.clock.turn(order)
                return .json(200, JSONText.object("message", "Clock turned."))
            }
        case ("POST", "devices", 1):
            return decoded([String: Int].self, request) { counts in
                lab.setDevices(counts)
                return .json(200, JSONText.object("message", "Devices changed."))
            }
        case ("POST", "jobs", 2):
            return decoded(Lab.Order.self, request) { order in
                Int(parts[1]).map { lab.force($0, order) } ?? false
                    ? .json(200, JSONText.object("message", "Job changed."))
                    : .detail(404, "No such job, state or health.")
            }
        default: return .notFound
        }
    }

    private var statistics: Statistics {
        let (states, total) = lab.withState { state in
            (state.countByState.filter { $0.value > 0 }, state.jobs.lazy.filter { $0 != nil }.count)
        }
        let jobs = Dictionary(uniqueKeysWithValues: states.map { ($0.key.rawValue, $0.value) })
        return Statistics(requests: counts.all, jobs: jobs, total: total, waiting: late.count, streams: streams)
    }

    private var streams: Streams { Streams(open: hub.count, events: hub.sentCount) }

    private func decoded<Value: Decodable>(
        _ type: Value.Type,
        _ request: RestRequest,
        _ body: (Value) -> Answer
    ) -> Answer {
        do {
            return body(try JSONDecoder().decode(type, from: Data(request.body)))
        } catch {
            return .detail(400, "\(error)")
        }
    }

    private func encoded(_ status: Int, _ value: some Encodable) -> Answer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .json(status, (try? encoder.encode(value)).map { Array($0) } ?? [])
    }
}

/// How often each route was asked, with numbers in paths made one.
final class RequestCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// The most routes that are told apart; what a client makes up beyond them is counted together.
    static let maximumRoutes = 200

    func add(_ request: RestRequest) {
        let parts = request.path.split(separator: "/").map { part in
            part.allSatisfy { ("0"..."9").contains($0) } ? "N" : String(part)
        }
        let route = "\(request.method) /\(parts.joined(separator: "/"))".prefix(200)
        counts.withLock { counts in
            let key = counts[String(route)] != nil || counts.count < Self.maximumRoutes ? String(route) : "other"
            counts[key, default: 0] += 1
        }
    }

    var all: [String: Int] { counts.withLock { $0 } }
}

// SPDX-License-Identifier: Apache-2.0

/// A job of a campaign: what its lab is to do with it.
struct PlannedJob: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// It completes, and its tests pass.
        case good
        /// It completes, and so many of its tests fail.
        case failing(Int)
        /// It ends Incomplete by its own fault.
        case broken
        /// Its lab fails it so many times; then it completes.
        case unlucky(times: Int)
        /// Its lab does not take it.
        case refused
        /// It is a group of two.
        case group
        /// It runs for long.
        case long
    }

    let kind: Kind
    let lab: String
    /// In milliseconds.
    let run: Int
    /// Nobody else's in the campaign: a simulated lab counts failures by it.
    let name: String

    /// How long a job runs that is to be outrun by a deadline or a cancellation, in milliseconds. One whose cancellation
    /// the lab never hears of must end before the campaign is judged.
    static let longRun = 15_000

    /// What the checker is told of it.
    var published: CampaignHistory.PublishedJob {
        switch kind {
        case .failing(let tests): .init(pass: 2, fail: tests, skip: 1)
        case .refused: .init(isRefused: true)
        case .group: .init(pass: 2, skip: 1, members: 2)
        default: .init(pass: 2, skip: 1)
        }
    }

    /// What its lab is given.
    var definition: String {
        var metadata = ["sim.run_ms": "\(kind == .long ? Self.longRun : run)", "sim.pass": "2", "sim.skip": "1"]
        switch kind {
        case .good, .long: break
        case .failing(let tests): metadata["sim.fail"] = "\(tests)"
        case .broken:
            metadata["sim.health"] = "incomplete"
            metadata["sim.error_type"] = "Test"
            metadata["sim.error_msg"] = "the board did not answer"
        case .unlucky(let times):
            metadata["sim.fail_first"] = "\(times)"
            metadata["sim.error_type"] = "Infrastructure"
            metadata["sim.error_msg"] = "no image"
        case .refused: return TestFleet.definition(metadata, deviceType: "no-such-type", name: name)
        case .group: return Self.group(metadata, name: name)
        }
        return TestFleet.definition(metadata, name: name)
    }

    private static func group(_ metadata: [String: String], name: String) -> String {
        let lines = metadata.sorted { $0.key < $1.key }.map { "  \($0.key): \"\($0.value)\"" }.joined(separator: "\n")
        return """
            job_name: \(name)
            visibility: public
            priority: medium
            timeouts: {job: {minutes: 5}, action: {minutes: 5}, connection: {minutes: 1}}
            metadata:
            \(lines)
            protocols:
              lava-multinode:
                roles:
                  client: {device_type: sim, count: 1}
                  server: {device_type: sim, count: 1}
                timeout: {minutes: 5}
            actions:
            - boot: {method: qemu, media: tmpfs, role: [client, server]}
            """
    }
}

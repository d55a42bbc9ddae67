// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Between the lab and its listeners: makes events of what changed, and lets faults spoil them.
struct EventStage: Sendable {
    let hub: StreamHub
    let faults: FaultBook

    /// Whether anybody would hear.
    var hasListeners: Bool { hub.count > 0 }

    /// Sends what changed, in order. It is called under the lab's lock, which is what keeps the order.
    func play(_ changes: [LabChange], _ state: inout LabState) {
        for change in changes {
            let fault = faults.meet(change.job)
            // What nobody spoils is seen from now on, whatever was hidden before.
            state.unveil(change.job.id)
            switch fault?.kind {
            case .dropEvent: continue
            case .earlyEvent: if let before = change.before { state.veil(before, for: fault?.delay ?? .zero) }
            default: break
            }
            if let (device, deviceState) = change.device {
                hub.send(EventText.device(device, of: change.job, state: deviceState))
            }
            let text = EventText.job(change.job, subID: change.subID)
            hub.send(text)
            switch fault?.kind {
            case .repeatEvent: hub.send(text)
            case .backwardsEvent:
                if let before = change.before { hub.send(EventText.job(before, subID: change.subID)) }
            default: break
            }
        }
    }
}

/// Writes events as LAVA does: a JSON array of five texts, spaced as Python spaces it, in ASCII, the last text being
/// JSON itself.
enum EventText {
    /// A job changed.
    static func job(_ job: LabJob, subID: String?) -> [UInt8] {
        var json = Pairs()
        json.add("health", text: job.health.rawValue)
        json.add("state", text: job.state.rawValue)
        json.add("job", number: job.id)
        json.add("description", text: job.definition.jobName)
        json.add("priority", number: job.definition.priority)
        json.add("submit_time", text: zoned(job.submitTime))
        json.add("submitter", text: job.submitter)
        json.add("health_check", flag: false)
        if let subID { json.add("sub_id", text: subID) }
        // A job that was canceled before it ran has given its device back.
        if let device = job.device, job.endTime == nil || job.startTime != job.endTime {
            json.add("device", text: device)
            json.add("worker", text: "loopback-worker")
        }
        if let type = job.deviceType { json.add("device_type", text: type) }
        if let start = job.startTime { json.add("start_time", text: zoned(start)) }
        if let end = job.endTime { json.add("end_time", text: zoned(end)) }
        return frame("testjob", user: job.submitter, json.bytes)
    }

    /// A job's device changed with it.
    static func device(_ device: String, of job: LabJob, state: String) -> [UInt8] {
        var json = Pairs()
        json.add("health", text: "Good")
        json.add("state", text: state)
        json.add("device", text: device)
        json.add("device_type", text: job.deviceType ?? "")
        json.add("worker", text: "loopback-worker")
        if state != "Reserved" { json.add("job", number: job.id) }
        return frame("device", user: "lavaserver", json.bytes)
    }

    private static func frame(_ topic: String, user: String, _ data: [UInt8]) -> [UInt8] {
        let texts = [
            "org.lavasoftware.\(topic)", UUID().uuidString.lowercased(), String(Moment.now.text.dropLast()), user,
            String(decoding: data, as: UTF8.self),
        ]
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        for (place, text) in texts.enumerated() {
            if place > 0 { bytes.append(contentsOf: ", ".utf8) }
            bytes.append(contentsOf: quoted(text))
        }
        bytes.append(UInt8(ascii: "]"))
        return bytes
    }

    private static func zoned(_ moment: Moment) -> String {
        moment.text.dropLast() + "+00:00"
    }

    /// A text as Python quotes it: everything beyond ASCII by its UTF-16 number.
    private static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for unit in JSONText.quoted(text).withUnsafeBytes({ String(decoding: $0, as: UTF8.self) }).utf16 {
            if let byte = UInt8(exactly: unit), byte < 128 {
                bytes.append(byte)
            } else {
                let digits = String(unit, radix: 16)
                bytes.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
            }
        }
        return bytes
    }

    /// An object, spaced as Python spaces it.
    private struct Pairs {
        private var inside: [UInt8] = []

        var bytes: [UInt8] { [UInt8(ascii: "{")] + inside + [UInt8(ascii: "}")] }

        mutating func add(_ key: String, text: String) { add(key, EventText.quoted(text)) }
        mutating func add(_ key: String, number: Int) { add(key, Array("\(number)".utf8)) }
        mutating func add(_ key: String, flag: Bool) { add(key, Array("\(flag)".utf8)) }

        private mutating func add(_ key: String, _ value: [UInt8]) {
            if !inside.isEmpty { inside.append(contentsOf: ", ".utf8) }
            inside.append(contentsOf: "\"\(key)\": ".utf8)
            inside.append(contentsOf: value)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// The lab's own account of what it was asked and what it did, for whoever checks a run afterwards: one JSON
/// object a line, written at once and in order, in one write each. No header and no token is ever in it.
final class SimulatorLog: Sendable {
    private let file: Mutex<Int32?>

    /// Appends to a file, or keeps nothing.
    init(path: String?) throws(LogError) {
        guard let path else {
            file = Mutex(nil)
            return
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw LogError(path: path) }
        file = Mutex(descriptor)
    }

    deinit {
        file.withLock { if let file = $0 { _ = close(file) } }
    }

    /// The log's file cannot be written.
    struct LogError: Error {
        var path: String
    }

    func request(method: String, target: String, user: String?, status: Int, fault: String?, milliseconds: Int) {
        write { json in
            json.raw("{\"event\":\"request\",\"time\":")
            json.string(Moment.now.text)
            json.raw(",\"method\":")
            json.string(method)
            json.raw(",\"target\":")
            json.string(target.prefix(2_000))
            json.raw(",\"user\":")
            json.optional(user)
            json.raw(",\"status\":")
            json.number(status)
            json.raw(",\"ms\":")
            json.number(milliseconds)
            if let fault {
                json.raw(",\"fault\":")
                json.string(fault)
            }
            json.raw("}\n")
        }
    }

    func jobCreated(id: Int, name: String, tag: String?, at time: Moment) {
        job("job.created", id: id, name: name, tag: tag, health: nil, at: time)
    }

    func jobFinished(id: Int, name: String, tag: String?, health: String, at time: Moment) {
        job("job.finished", id: id, name: name, tag: tag, health: health, at: time)
    }

    func jobLost(id: Int, name: String, tag: String?, at time: Moment) {
        job("job.lost", id: id, name: name, tag: tag, health: nil, at: time)
    }

    private func job(_ event: String, id: Int, name: String, tag: String?, health: String?, at time: Moment) {
        write { json in
            json.raw("{\"event\":")
            json.string(event)
            json.raw(",\"time\":")
            json.string(time.text)
            json.raw(",\"id\":")
            json.number(id)
            json.raw(",\"name\":")
            json.string(name)
            json.raw(",\"tag\":")
            json.optional(tag?.lowercased())
            if let health {
                json.raw(",\"health\":")
                json.string(health)
            }
            json.raw("}\n")
        }
    }

    private func write(_ line: (inout JSONText) -> Void) {
        file.withLock { file in
            guard let file else { return }
            var json = JSONText()
            line(&json)
            json.bytes.withUnsafeBytes { bytes in
                var done = 0
                while done < bytes.count {
                    let count = Glibc.write(file, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                    if count < 0, errno == EINTR { continue }
                    // A full disk must not take the lab down; the checker notices what is missing.
                    guard count > 0 else { return }
                    done += count
                }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// What Prometheus's own client libraries say of a process, by the names that dashboards know
/// (Prometheus, "Writing client libraries", process metrics). Read from `/proc` when it is asked for.
package enum ProcessMetric: String, CaseIterable, Sendable {
    case cpuSeconds = "process_cpu_seconds_total"
    case residentMemory = "process_resident_memory_bytes"
    case virtualMemory = "process_virtual_memory_bytes"
    case startTime = "process_start_time_seconds"
    case openDescriptors = "process_open_fds"
    case maximumDescriptors = "process_max_fds"
    case threads = "process_threads"

    /// What is said of it.
    package var description: MetricDescription {
        .init(name: rawValue, labels: [], workers: "all", meaning: meaning)
    }

    private var meaning: String {
        switch self {
        case .cpuSeconds: "processor time that the process has used, in seconds"
        case .residentMemory: "memory that the process has in use, in bytes"
        case .virtualMemory: "memory that the process has addresses for, in bytes"
        case .startTime: "when the process started, in seconds since 1970"
        case .openDescriptors: "file descriptors that are open"
        case .maximumDescriptors: "file descriptors that can be open"
        case .threads: "threads of the process"
        }
    }

    /// All that can be read of this process, in Prometheus's text format.
    package static func text() -> String {
        let facts = ProcessFacts.read()
        return allCases.compactMap { metric in
            facts[metric].map { value in
                let kind = metric == .cpuSeconds ? "counter" : "gauge"
                return
                    "\(metric.description.helpLine)\n# TYPE \(metric.rawValue) \(kind)\n\(metric.rawValue) \(value)\n"
            }
        }.joined()
    }
}

/// Values of this process.
private enum ProcessFacts {
    static func read() -> [ProcessMetric: String] {
        var facts: [ProcessMetric: String] = [:]
        if let limit = descriptorLimit() { facts[.maximumDescriptors] = "\(limit)" }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            // One of them is the folder itself, which was open for this.
            facts[.openDescriptors] = "\(max(0, open.count - 1))"
        }
        // The name of the program is in parentheses and may hold anything; what counts comes behind (proc(5)).
        guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return facts }
        let fields = text[text.index(after: end)...].split(separator: " ")
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        func number(_ field: Int) -> Double? { fields.count > field ? Double(fields[field]) : nil }
        if let user = number(11), let system = number(12) { facts[.cpuSeconds] = "\((user + system) / ticks)" }
        if let threads = number(17) { facts[.threads] = "\(Int(threads))" }
        if let start = number(19), let boot = bootTime() { facts[.startTime] = "\(boot + start / ticks)" }
        if let size = number(20) { facts[.virtualMemory] = "\(Int(size))" }
        if let pages = number(21) { facts[.residentMemory] = "\(Int(pages) * sysconf(Int32(_SC_PAGESIZE)))" }
        return facts
    }

    private static func descriptorLimit() -> UInt? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return UInt(limit.rlim_cur)
    }

    private static func bootTime() -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("btime ") })
        else { return nil }
        return Double(line.dropFirst(6))
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The devices of one type, and the jobs that wait for one, first come first served.
struct DevicePool: Sendable {
    private(set) var count: Int
    private let type: String
    private var free: [Int]
    private var waiting: [Int] = []
    private var firstWaiting = 0

    init(type: String, count: Int) {
        self.type = type
        self.count = max(0, count)
        self.free = Array((0..<max(0, count)).reversed())
    }

    mutating func wait(_ job: Int) {
        waiting.append(job)
    }

    /// The next job that may have a device, and the device.
    mutating func assign() -> (job: Int, device: String)? {
        guard firstWaiting < waiting.count, let number = free.popLast() else { return nil }
        let job = waiting[firstWaiting]
        firstWaiting += 1
        // The used part is dropped now and then, so that taking one is cheap and nothing grows without end.
        if firstWaiting > 1_024, firstWaiting * 2 > waiting.count {
            waiting.removeFirst(firstWaiting)
            firstWaiting = 0
        }
        return (job, name(number))
    }

    /// Takes a device back; one beyond the count is gone.
    mutating func release(_ device: String) {
        guard let number = device.split(separator: "-").last.flatMap({ Int($0) }), number <= count, number > 0 else {
            return
        }
        free.append(number - 1)
    }

    /// Adds devices, or takes free ones away; one that is busy goes when its job ends.
    mutating func resize(to newCount: Int) {
        let newCount = max(0, newCount)
        if newCount > count {
            free.append(contentsOf: count..<newCount)
        } else {
            free.removeAll { $0 >= newCount }
        }
        count = newCount
    }

    private func name(_ number: Int) -> String {
        number < 9 ? "\(type)-0\(number + 1)" : "\(type)-\(number + 1)"
    }
}

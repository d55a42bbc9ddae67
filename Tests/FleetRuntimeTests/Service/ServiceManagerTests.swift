// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import Testing

@testable import FleetRuntime

@Suite("What a worker tells its service manager", .timeLimit(.minutes(10)))
struct ServiceManagerTests {
    private var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    @Test("Messages go out as sd_notify has them, several in one datagram")
    func messages() throws {
        let listener = try NotifySocket()
        let manager = ServiceManager(environment: ["NOTIFY_SOCKET": listener.path])
        #expect(manager.isListening)
        manager.tell(.ready, .status("two\nlines"))
        manager.tell(.extendTimeout(.milliseconds(1_500)), .watchdog, .stopping)
        #expect(
            listener.messages() == [
                "READY=1", "STATUS=two lines", "EXTEND_TIMEOUT_USEC=1500000", "WATCHDOG=1", "STOPPING=1",
            ]
        )
    }

    @Test(
        "Without a socket that can be used nothing is sent",
        arguments: [[:], ["NOTIFY_SOCKET": "relative"], ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)]]
    )
    func nobody(_ environment: [String: String]) {
        let manager = ServiceManager(environment: environment.merging(["WATCHDOG_USEC": "1000"]) { $1 })
        #expect(!manager.isListening)
        #expect(manager.watchdogTimeout == nil)
        manager.tell(.ready)
    }

    @Test("The watchdog's limit is taken if it is meant for this process")
    func watchdog() {
        let socket = ["NOTIFY_SOCKET": "@abstract", "WATCHDOG_USEC": "60000000"]
        func limit(_ more: [String: String]) -> Duration? {
            ServiceManager(environment: socket.merging(more) { $1 }, process: 7).watchdogTimeout
        }
        #expect(limit([:]) == .seconds(60))
        #expect(limit(["WATCHDOG_PID": "7"]) == .seconds(60))
        #expect(limit(["WATCHDOG_PID": "8"]) == nil)
        #expect(limit(["WATCHDOG_USEC": "0"]) == nil)
        #expect(limit(["WATCHDOG_USEC": "soon"]) == nil)
    }

    @Test("The watchdog is fed while all loops turn, not while one is stuck, and again once it turns")
    func fed() async throws {
        let listener = try NotifySocket()
        let manager = ServiceManager(environment: ["NOTIFY_SOCKET": listener.path])
        let liveness = Liveness()
        let lastTurn = Mutex(SuspendingClock.now)
        let watchdog = Watchdog(manager: manager, liveness: liveness, logger: quiet)
        await liveness.watching("leases", limit: .seconds(60), lastTurn: { lastTurn.withLock { $0 } }) {
            #expect(watchdog.look(known: []).isEmpty)
            #expect(listener.messages() == ["WATCHDOG=1"])
            lastTurn.withLock { $0 = .now - .seconds(61) }
            #expect(watchdog.look(known: []) == ["leases"])
            #expect(listener.messages() == ["STATUS=stuck: leases"])
            #expect(watchdog.look(known: ["leases"]) == ["leases"])
            #expect(listener.messages().isEmpty)
            lastTurn.withLock { $0 = .now }
            #expect(watchdog.look(known: ["leases"]).isEmpty)
            #expect(listener.messages() == ["WATCHDOG=1", "STATUS=running"])
        }
    }

    @Test("The watchdog says that the worker has started, and goes on saying that it is alive")
    func started() async throws {
        let listener = try NotifySocket()
        let manager = ServiceManager(environment: ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "40000"])
        let watchdog = Watchdog(manager: manager, liveness: Liveness(), logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watchdog.run() }
            defer { group.cancelAll() }
            try await listener.wait(for: "READY=1")
            for _ in 1...3 { try await listener.wait(for: "WATCHDOG=1") }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// `muster` at a terminal of its own: what is typed there reaches it as from a keyboard, ^C as the signal.
final class TerminalProgram: Sendable {
    private let pid: pid_t
    private let terminal: Int32
    private let shown = Screen()
    private let ending = Mutex<Int32?>(nil)

    /// What the headers have and Swift does not see: `TIOCSPTLCK`, `TIOCGPTN`, `POSIX_SPAWN_SETSID`.
    private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    private static let newSession: Int16 = 0x80

    /// The terminal can't be had, or the program not be started.
    struct NotStarted: Error { let reason: String }

    init(_ arguments: [String], environment: [String: String]) throws {
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (lock, number): (Int32, UInt32) = (0, 0)
        guard terminal >= 0, ioctl(terminal, Self.setLock, &lock) == 0, ioctl(terminal, Self.getNumber, &number) == 0
        else { throw NotStarted(reason: "there is no pseudo terminal") }
        let name = "/dev/pts/\(number)"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that the leader of a session opens is the one that its keyboard's signals come from.
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Swift's threads block signals, and what they start inherits that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Self.newSession | Int16(POSIX_SPAWN_SETSIGMASK))
        let path = TestServers.products.appending(path: "muster").path
        let all = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm"].merging(environment) { $1 }
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid = pid_t()
        let failure = posix_spawn(&pid, path, &actions, &attributes, argv, envp)
        guard failure == 0 else { throw NotStarted(reason: String(cString: strerror(failure))) }
        self.pid = pid
        Thread.detachNewThread { [terminal, shown] in shown.read(terminal) }
    }

    deinit {
        if isRunning {
            kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
        close(terminal)
    }

    /// What has been on the screen so far.
    var screen: String { shown.text }

    /// Types ^C.
    func pressControlC() {
        var key: UInt8 = 3
        _ = write(terminal, &key, 1)
    }

    /// Sends it a signal, as a supervisor does.
    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits until the screen has shown a text.
    func waitFor(_ text: String) async throws {
        try await eventually("“\(text)”, but: \(screen)") { self.screen.contains(text) }
    }

    /// Waits for its end.
    ///
    /// - Returns: its exit status; of one that a signal has ended, as shells count.
    func waitForEnd() async throws -> Int32 {
        try await eventually("its end, but: \(screen)") { !self.isRunning }
        let status = ending.withLock { $0 } ?? 0
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    private var isRunning: Bool {
        ending.withLock { ending in
            var status: Int32 = 0
            if ending == nil, waitpid(pid, &status, WNOHANG) == pid { ending = status }
            return ending == nil
        }
    }

    private final class Screen: Sendable {
        private let bytes = Mutex<[UInt8]>([])

        var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

        /// Until nobody has the other end any more.
        func read(_ terminal: Int32) {
            var block = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = Glibc.read(terminal, &block, block.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                bytes.withLock { $0 += block[..<count] }
            }
        }
    }
}

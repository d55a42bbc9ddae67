// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file of jobs that can be read more than once. What comes through a pipe is put into a file without a name first,
/// which nobody else can open and which is gone with the program.
package final class JobFile: Sendable {
    /// As it was given: a path, or `-`.
    package let path: String
    /// What it is called to the person who named it.
    package let name: String
    /// How many bytes it has.
    package let size: Int

    private let descriptor: Int32
    private let start: Int

    /// How much is read at a time, in bytes.
    package static let blockBytes = 1 << 18
    /// The most that is taken from a pipe, in bytes.
    package static let maximumPipedBytes = 1 << 38

    /// Opens a file, or standard input for `-`.
    ///
    /// - Throws: ``JobFileError`` when it can't be read.
    package init(path: String) throws(JobFileError) {
        self.path = path
        name = path == "-" ? "standard input" : path
        let opened = path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            throw errno == ENOENT ? JobFileError.missing(name) : .unreadable(name)
        }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(opened)
            throw JobFileError.unreadable(name)
        }
        if status.st_mode & S_IFMT == S_IFREG {
            descriptor = opened
            // Standard input may have been read in part by somebody before us.
            start = path == "-" ? max(0, lseek(opened, 0, SEEK_CUR)) : 0
            size = max(0, status.st_size - start)
        } else {
            defer { close(opened) }
            (descriptor, size) = try Self.spooled(opened, name)
            start = 0
        }
    }

    deinit { close(descriptor) }

    /// As a shell takes it.
    package var shellWord: String {
        let isPlain = path.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || "/._-+,:@%".unicodeScalars.contains($0)
        }
        return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    }

    /// Up to a block of bytes from `offset`; none at the end.
    ///
    /// - Throws: ``JobFileError`` when it can't be read.
    package func block(at offset: Int) throws(JobFileError) -> [UInt8] {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.blockBytes) { buffer, initialized in
                count = pread(descriptor, buffer.baseAddress, Self.blockBytes, start + offset)
                initialized = max(0, count)
            }
            if count >= 0 { return bytes }
            if errno != EINTR { throw JobFileError.unreadable(name) }
        }
    }

    /// All of it, for files that are known to be small.
    ///
    /// - Throws: ``JobFileError`` when it can't be read.
    package func all() throws(JobFileError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let block = try block(at: bytes.count)
            if block.isEmpty { return bytes }
            bytes += block
        }
    }

    private static func spooled(_ pipe: Int32, _ name: String) throws(JobFileError) -> (Int32, Int) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var path = Array("\(folder)/muster.XXXXXX".utf8CString)
        let file = mkstemp(&path)
        let failure = JobFileError.noRoom(name, folder: folder)
        guard file >= 0 else { throw failure }
        // Definitions may hold secrets: nobody finds it by a name, and nothing is left of it.
        unlink(path)
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        var size = 0
        var block = [UInt8](repeating: 0, count: blockBytes)
        while true {
            let count = read(pipe, &block, blockBytes)
            if count == 0 { return (file, size) }
            if count < 0, errno == EINTR { continue }
            size += max(0, count)
            guard count > 0, size <= maximumPipedBytes, write(block[..<count], to: file) else {
                close(file)
                throw count < 0 ? JobFileError.unreadable(name) : failure
            }
        }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to file: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if count == 0 || errno != EINTR { return false }
        }
        return true
    }
}

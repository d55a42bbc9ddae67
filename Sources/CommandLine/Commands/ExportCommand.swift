// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// `muster export`.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all that is kept of a jobset into one archive.",
        discussion: """
            The archive (tar) contains the jobset, its jobs, their definitions without secrets, the results, the deliveries, \
            and the report in all formats. The file is there only when it is complete. With - as the file, the archive goes to \
            standard output:

              muster export ID - | zstd > build.tar.zst
            """
    )

    @Argument(help: JobsetReference.help, completion: .jobsets)
    var jobset: JobsetReference

    @Argument(help: ArgumentHelp("The file to write; - for standard output.", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        guard file != "-" else {
            guard !Terminal.output.isTerminal else {
                throw CommandFailure(.usage, "an archive is not for a terminal: redirect it, or name a file")
            }
            try await export { bytes throws(CommandFailure) in
                do {
                    try FileHandle.standardOutput.write(contentsOf: Data(bytes))
                } catch {
                    throw CommandFailure(.usage, "standard output can't be written")
                }
            }
            return
        }
        let partial = file + ".part"
        guard FileManager.default.createFile(atPath: partial, contents: nil),
            let handle = FileHandle(forWritingAtPath: partial)
        else { throw CommandFailure(.usage, "\(partial) can't be written") }
        do {
            try await export { bytes throws(CommandFailure) in
                do {
                    try handle.write(contentsOf: Data(bytes))
                } catch {
                    throw CommandFailure(.usage, "\(partial) can't be written: is the disk full?")
                }
            }
            try handle.close()
            guard rename(partial, file) == 0 else { throw CommandFailure(.usage, "\(file) can't be written") }
        } catch {
            try? FileManager.default.removeItem(atPath: partial)
            throw error
        }
    }

    private func export(to sink: @escaping @Sendable ([UInt8]) throws(CommandFailure) -> Void) async throws {
        try await options.connected(to: jobset) { try await $0.export($1, to: sink) }
    }
}

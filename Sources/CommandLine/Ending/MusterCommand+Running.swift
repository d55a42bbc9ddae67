// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

extension MusterCommand {
    /// Reads the arguments and carries out what they say; what went wrong has been told when this returns.
    static func run(arguments: [String]) async -> ExitStatus {
        do {
            try await Interruption.watch {
                var command = try parseAsRoot(LeadingOptions.moved(arguments))
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
            }
            return .success
        } catch {
            return report(error)
        }
    }

    /// Help and version are a success and go to standard output; ArgumentParser's 64 for wrong usage becomes our 2.
    private static func report(_ error: any Error) -> ExitStatus {
        let code = exitCode(for: error)
        if code == .success {
            StandardStream.output.line(fullMessage(for: error))
            return .success
        }
        if code == .validationFailure {
            StandardStream.error.line(fullMessage(for: error))
            return .usage
        }
        let failure = CommandFailure(explaining: error)
        failure.show()
        return failure.status
    }
}

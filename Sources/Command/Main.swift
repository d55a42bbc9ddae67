// SPDX-License-Identifier: Apache-2.0

import CommandLine
import DirectCommands
import FleetRuntime

@main
enum Main {
    static func main() async {
        // One of our modules has the name of the standard library's type.
        let status = await MusterCommand.run(arguments: Array(Swift.CommandLine.arguments.dropFirst()))
        endProcess(status.rawValue)
    }
}

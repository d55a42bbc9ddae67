// SPDX-License-Identifier: Apache-2.0

import CommandLine
import FleetRuntime

@main
enum Main {
    static func main() async {
        // One of our modules has the name of the standard library's type.
        let status = await RemoteMusterCommand.run(arguments: Array(Swift.CommandLine.arguments.dropFirst()))
        endProcess(status.rawValue)
    }
}

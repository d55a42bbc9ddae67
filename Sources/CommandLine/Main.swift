// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

@main
enum Main {
    static func main() async {
        // The module has the name of the standard library's type.
        let status = await MusterCommand.run(arguments: Array(Swift.CommandLine.arguments.dropFirst()))
        MusterCommand.exit(withError: ExitCode(status.rawValue))
    }
}

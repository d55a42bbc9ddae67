// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Which fleet is meant: options that every verb takes.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The fleet's configuration. (default: $MUSTER_CONFIG, ./muster.yaml or /etc/muster/muster.yaml)",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var config: String?

    @OptionGroup var server: ServerOptions

    @Flag(name: .shortAndLong, help: "Log connection events to standard error.")
    var verbose = false

    func validate() throws {
        if config != nil, server.server != nil { throw ValidationError("--config and --server exclude each other.") }
    }
}

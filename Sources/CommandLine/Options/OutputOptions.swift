// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How the answer is to look: an option that every verb takes.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Output format: text for people, json for programs.", valueName: "format")
    )
    var output: OutputFormat = .text
}

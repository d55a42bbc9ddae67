// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How many jobs of a large file go into one message: an option of `submit` and `add`.
struct ChunkJobs: ParsableArguments {
    @Option(
        name: .customLong("chunk-jobs"),
        help: ArgumentHelp(
            "Send at most so many jobs in one message. (default: 10000, and at most a quarter of what ingest takes)",
            valueName: "number"
        )
    )
    var number: CountLimit?
}

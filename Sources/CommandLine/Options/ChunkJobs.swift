// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How many jobs of a large file go into one message: an option of `submit` and `add`.
struct ChunkJobs: ParsableArguments {
    @Option(
        name: .customLong("chunk-jobs"),
        help: ArgumentHelp(
            "Maximum number of jobs in one message. (default: 10000, and at most a quarter of ingest's limit)",
            valueName: "number"
        )
    )
    var number: CountLimit?
}

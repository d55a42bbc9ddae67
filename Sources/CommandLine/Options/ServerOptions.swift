// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The gateway of a fleet, for whoever has neither its configuration nor a way to its servers.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The fleet's gateway, used over HTTPS instead of the configuration. (default: $MUSTER_SERVER)",
            valueName: "url"
        )
    )
    var server: String?

    @Option(
        help: ArgumentHelp(
            "The token. Other users of the machine can see it; prefer $MUSTER_TOKEN.",
            valueName: "text"
        )
    )
    var token: String?

    @Option(
        help: ArgumentHelp("A file that contains only the token.", valueName: "file"),
        completion: .file()
    )
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "Certificate authorities (PEM) to trust besides the system's. ($SSL_CERT_FILE replaces the system's)",
            valueName: "file"
        ),
        completion: .file(extensions: ["pem", "crt"])
    )
    var caFile: String?

    @Option(
        help: ArgumentHelp(
            "Time limit for the answer to one request; longer for a wait, a report or a document.",
            valueName: "seconds"
        )
    )
    var serverTimeout = Seconds(whole: 60)

    @Flag(help: "Allow http:// to another machine, although the token can be read on the way.")
    var insecureHttp = false

    func validate() throws {
        if token != nil, tokenFile != nil { throw ValidationError("--token and --token-file exclude each other.") }
    }
}

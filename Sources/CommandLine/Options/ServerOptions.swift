// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The gateway of a fleet, for whoever has neither its configuration nor a way to its servers.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The fleet's gateway: everything goes over HTTPS, and no configuration is read. (default: $MUSTER_SERVER)",
            valueName: "url"
        )
    )
    var server: String?

    @Option(
        help: ArgumentHelp(
            "The token for it. Other users of the machine see it; better is $MUSTER_TOKEN.",
            valueName: "text"
        )
    )
    var token: String?

    @Option(
        help: ArgumentHelp("A file with the token and nothing else.", valueName: "file"),
        completion: .file()
    )
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "Authorities (PEM) that vouch for it besides the system's. ($SSL_CERT_FILE stands in for the system's)",
            valueName: "file"
        ),
        completion: .file(extensions: ["pem", "crt"])
    )
    var caFile: String?

    @Option(
        help: ArgumentHelp(
            "How long its answer to one request may take; a wait, a report or a document adds to it.",
            valueName: "seconds"
        )
    )
    var serverTimeout = Seconds(whole: 60)

    @Flag(help: "Take http:// also to another machine: everybody on the way can read the token.")
    var insecureHttp = false

    func validate() throws {
        if token != nil, tokenFile != nil { throw ValidationError("--token and --token-file exclude each other.") }
    }
}

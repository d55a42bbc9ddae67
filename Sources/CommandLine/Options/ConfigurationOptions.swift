// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import Foundation

/// Which fleet is meant: options that every verb takes.
package struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The fleet's configuration. (default: $MUSTER_CONFIG, ./muster.yaml or /etc/muster/muster.yaml)",
            valueName: "file",
            visibility: MusterProgram.direct == nil ? .private : .default
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    package var config: String?

    @OptionGroup var server: ServerOptions

    @Flag(name: .shortAndLong, help: "Log connection events to standard error.")
    package var verbose = false

    package init() {}

    package func validate() throws {
        if config != nil, MusterProgram.direct == nil {
            throw ValidationError("This build of muster reads no configuration; use --server or MUSTER_SERVER.")
        }
        if config != nil, server.server != nil { throw ValidationError("--config and --server exclude each other.") }
    }
}

/// The gateway of a fleet, for whoever has neither its configuration nor a way to its servers.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            MusterProgram.direct == nil
                ? "The fleet's gateway. (default: $MUSTER_SERVER)"
                : "The fleet's gateway, used over HTTPS instead of the configuration. (default: $MUSTER_SERVER)",
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

/// Lets the options that say which fleet is meant stand before the verb, as in `muster --server URL ls`: ArgumentParser
/// takes a verb's options behind it alone.
enum LeadingOptions {
    /// Those with a value.
    private static let valued: Set<String> = [
        "--config", "--server", "--token", "--token-file", "--ca-file", "--server-timeout",
    ]
    /// Those without.
    private static let flags: Set<String> = ["--insecure-http", "--verbose", "-v"]

    /// Such options in a line that may not be complete, but for those about logs: a shell completes without them. Bash takes a
    /// line apart at `:` and `=` as well.
    static func found(in words: [String]) -> [String] {
        var found: [String] = []
        var rest = joined(words.dropFirst())[...]
        while let word = rest.popFirst() {
            if word == "--insecure-http" || valued.contains(String(word.prefix { $0 != "=" })) && word.contains("=") {
                found.append(word)
            } else if valued.contains(word), let value = rest.popFirst(), !value.isEmpty {
                found += [word, value]
            }
        }
        return found
    }

    private static func joined(_ words: some Sequence<String>) -> [String] {
        var joined: [String] = []
        var isOpen = false
        for word in words {
            let isSeparator = [":", "="].contains(word)
            if isSeparator || isOpen, let before = joined.popLast() {
                joined.append(before + word)
            } else {
                joined.append(word)
            }
            isOpen = isSeparator
        }
        return joined
    }

    /// The arguments with such options behind the verb, before a `--` that makes all the rest no options.
    static func moved(_ arguments: [String]) -> [String] {
        var count = 0
        while count < arguments.count {
            let argument = arguments[count]
            let name = String(argument.prefix { $0 != "=" })
            if flags.contains(argument) || valued.contains(name) && name != argument {
                count += 1
            } else if valued.contains(argument), count + 1 < arguments.count {
                count += 2
            } else {
                break
            }
        }
        let rest = arguments[count...]
        // Without a verb there is nothing to put them behind.
        guard count > 0, let verb = rest.first, !verb.hasPrefix("-") else { return arguments }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return Array(rest[..<end]) + arguments[..<count] + Array(rest[end...])
    }
}

extension ConfigurationOptions {
    /// The gateway that is meant, if one is: what stands on the command line goes before the environment.
    package var serverURL: String? {
        if let url = server.server { return url }
        guard config == nil, let url = ProcessInfo.processInfo.environment["MUSTER_SERVER"], !url.isEmpty else {
            return nil
        }
        return url
    }

    /// Lends the fleet that is meant, by the way that is meant.
    ///
    /// - Throws: `ConfigurationFaults`; ``CommandFailure``.
    package func connected<Result: Sendable>(_ body: (any FleetConnection) async throws -> Result) async throws
        -> Result
    {
        guard let serverURL else {
            guard let direct = MusterProgram.direct else { throw CommandFailure.noServer }
            return try await body(try direct.fleet(self))
        }
        return try await served(at: serverURL, token: try ServerToken(server)) { try await body($0) }
    }

    /// Lends the fleet over its gateway, to which nobody shows a token, for a verb that is nothing without a gateway.
    ///
    /// - Throws: ``CommandFailure`` when no gateway is meant.
    func servedWithoutToken<Result: Sendable>(
        to verb: String,
        _ body: (ServedFleet) async throws -> Result
    ) async throws -> Result {
        guard let serverURL else {
            throw CommandFailure(
                .usage,
                "`muster \(verb)` works only over HTTP",
                "  name the fleet's gateway with --server or MUSTER_SERVER"
            )
        }
        return try await served(at: serverURL, token: nil, body)
    }

    private func served<Result: Sendable>(
        at url: String,
        token: ServerToken?,
        _ body: (ServedFleet) async throws -> Result
    ) async throws -> Result {
        let address = try ServerAddress(url, isClearAllowed: server.insecureHttp)
        let client = ServerClient(
            address: address,
            token: token,
            authorities: try ServerAuthorities(file: server.caFile),
            timeout: server.serverTimeout.duration,
            proxy: try address.proxy(in: ProcessInfo.processInfo.environment),
            isVerbose: verbose
        )
        do {
            let result = try await body(ServedFleet(client: client))
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }
}

extension CommandFailure {
    /// No gateway is meant, and there is no other way.
    fileprivate static let noServer = CommandFailure(
        .usage,
        "no server is given",
        "  set MUSTER_SERVER or --server to the address of the fleet's gateway"
    )
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
package import Logging
package import ServiceLifecycle

/// The main of a worker: options, configuration, logging, metrics, services, exit status.
///
/// ```swift
/// @main struct Main {
///     static func main() async {
///         await WorkerMain.run(name: "muster-ingest") { configuration, logger in
///             [broker, database, ingest]
///         }
///     }
/// }
/// ```
package enum WorkerMain {
    /// How a worker ends; the numbers are those of `sysexits.h`.
    private enum ExitStatus: Int32 {
        case done = 0
        case failed = 1
        case usage = 64
        case configuration = 78
    }

    /// Makes the services of a worker from a configuration, in the order of dependency.
    package typealias ServiceMaker = @Sendable (FleetConfiguration, Logger) async throws -> [any Service]
    /// Whether a worker can use a configuration, beyond what its keys say.
    package typealias Check = @Sendable (FleetConfiguration) throws(ConfigurationFaults) -> Void

    /// Does all that a worker does around its services, and ends the process. SIGHUP has it read its configuration again
    /// (``Generations``).
    ///
    /// Exit status: 0 after a stop that was asked for, 1 when a service failed, 64 for options that make no sense,
    /// 78 for a configuration that isn't valid (one fault a line on standard error) and for a ``LastingFailure``, such as a
    /// database whose schema is newer than the program.
    ///
    /// - Parameters:
    ///   - name: What the worker is called.
    ///   - arguments: Its options, without the program's own name.
    ///   - check: Whether the configuration can be used, beyond what its keys say; asked by `--check` and by a start.
    ///   - body: Makes the services, in the order of dependency.
    package static func run(
        name: String,
        arguments: [String] = Array(CommandLine.arguments.dropFirst()),
        check: @escaping Check = { (_) throws(ConfigurationFaults) in },
        body: @escaping ServiceMaker
    ) async -> Never {
        let options: WorkerOptions
        switch WorkerOptions.parse(arguments) {
        case .success(let parsed): options = parsed
        case .failure(let problem):
            complain("\(name): \(problem.reason)\n\(WorkerOptions.usage(of: name))")
            end(.usage)
        }
        switch options.action {
        case .help:
            print(WorkerOptions.usage(of: name))
            end(.done)
        case .version:
            print("\(name) \(MusterVersion.description)")
            end(.done)
        case .check, .run: break
        }
        let configFile = options.configFile
        let read: @Sendable () throws(ConfigurationFaults) -> FleetConfiguration = { () throws(ConfigurationFaults) in
            let configuration = try FleetConfiguration.load(configFile: configFile, secrets: .of(program: name))
            try check(configuration)
            return configuration
        }
        let configuration = load(name: name, read)
        if options.action == .check {
            print("The configuration is valid.")
            end(.done)
        }
        end(await start(name: name, configuration, read, body))
    }

    private static func load(
        name: String,
        _ read: () throws(ConfigurationFaults) -> FleetConfiguration
    ) -> FleetConfiguration {
        do {
            return try read()
        } catch {
            complain(error.faults.map { "\(name): \($0)" }.joined(separator: "\n"))
            end(.configuration)
        }
    }

    private static func start(
        name: String,
        _ configuration: FleetConfiguration,
        _ read: @escaping @Sendable () throws(ConfigurationFaults) -> FleetConfiguration,
        _ body: @escaping ServiceMaker
    ) async -> ExitStatus {
        let logger = makeLogger(name: name, configuration.log)
        // Before any service, since metrics made earlier would go nowhere.
        _ = MetricsRegistry.bootstrapped
        FleetMetric.buildInfo.set(1, [.version: MusterVersion.current, .commit: MusterVersion.commit ?? ""])
        // A peer that hangs up is an error of that write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        for warning in configuration.warnings {
            logger.warning("the configuration has a weakness", [.warning: "\(warning)"])
        }
        // From now on, so that one that comes while the database is waited for is not the end of the worker.
        let requests = await ReloadSignal.trapped()
        do {
            let services = try await body(configuration, logger)
            let reloading = Reloading(requests: requests, read: read, make: body)
            try await runFleet(
                name: name,
                configuration: configuration,
                services: services,
                logger: logger,
                reloading: reloading
            )
            return .done
        } catch {
            logger.critical("the worker failed", [.worker: "\(name)", .error: "\(error)"])
            return (error as? any LastingFailure)?.isLasting == true ? .configuration : .failed
        }
    }

    private static func complain(_ text: String) {
        LineSink.standardError.write(text)
    }

    private static func end(_ status: ExitStatus) -> Never {
        endProcess(status.rawValue)
    }
}

/// The few options that every worker has.
struct WorkerOptions: Equatable {
    /// What the worker is asked to do.
    enum Action {
        case run
        case check
        case version
        case help
    }

    /// Why the options make no sense.
    struct Problem: Error {
        let reason: String
    }

    var action = Action.run
    var configFile: String?

    /// Options from the arguments after the program's name.
    static func parse(_ arguments: [String]) -> Result<WorkerOptions, Problem> {
        var options = WorkerOptions()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": options.action = .help
            case "--version": options.action = .version
            case "--check": options.action = .check
            case "--config":
                guard let path = rest.popFirst(), !path.isEmpty else {
                    return .failure(Problem(reason: "--config needs the path of a file"))
                }
                options.configFile = path
            case _ where argument.hasPrefix("--config="):
                options.configFile = String(argument.dropFirst("--config=".count))
            default:
                return .failure(Problem(reason: "unknown argument \(argument)"))
            }
        }
        return .success(options)
    }

    /// What `--help` says.
    static func usage(of name: String) -> String {
        """
        Usage: \(name) [--config FILE] [--check | --version | --help]

          --config FILE  the configuration file; default: $MUSTER_CONFIG, ./muster.yaml, /etc/muster/muster.yaml
          --check        check the configuration, print its errors, and exit
          --version      print the version and exit
          --help         print this help and exit

        Environment variables can set every key of the file; docs/configuration.md lists them.
        """
    }
}

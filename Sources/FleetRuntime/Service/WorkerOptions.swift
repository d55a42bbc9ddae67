// SPDX-License-Identifier: Apache-2.0

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

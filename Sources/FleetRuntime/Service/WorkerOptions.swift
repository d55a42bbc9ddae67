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

          --config FILE  read this file; otherwise MUSTER_CONFIG, ./muster.yaml, /etc/muster/muster.yaml
          --check        read the configuration, say what is wrong with it, and end
          --version      print the version and end
          --help         print this and end

        Every key of the file can be set by a variable too, and docs/configuration.md has them all.
        """
    }
}

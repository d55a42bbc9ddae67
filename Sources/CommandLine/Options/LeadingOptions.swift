// SPDX-License-Identifier: Apache-2.0

/// Lets the options that say which fleet is meant stand before the verb, as in `muster --server URL ls`: ArgumentParser
/// takes a verb's options behind it alone.
enum LeadingOptions {
    /// Those with a value.
    private static let valued: Set<String> = [
        "--config", "--server", "--token", "--token-file", "--ca-file", "--server-timeout",
    ]
    /// Those without.
    private static let flags: Set<String> = ["--insecure-http", "--verbose", "-v"]

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

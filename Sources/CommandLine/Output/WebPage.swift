// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A page of the fleet's dashboard, for a browser.
enum WebPage {
    /// Prints its address, and opens it in the browser of whoever sits at a desktop.
    ///
    /// - Throws: ``CommandFailure`` when it is not known where the dashboard is.
    static func open(_ address: String?) throws {
        guard let address else {
            throw CommandFailure(
                .usage,
                "the address of the dashboard is not known",
                "  set gateway.public_url in the configuration, or use --server"
            )
        }
        StandardStream.output.line(address)
        let environment = ProcessInfo.processInfo.environment
        guard let command = command(for: address, in: environment) else {
            if environment["BROWSER"] != nil { StandardStream.error.line("no program that BROWSER names can be found") }
            return
        }
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        // What a browser logs is not for the terminal.
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        do {
            try process.run()
        } catch {
            StandardStream.error.line("\(command[0]) can't be started: open the page yourself")
        }
    }

    /// What opens a page: the first program of `BROWSER` that is there, else what a desktop has for it; nil where there is neither.
    ///
    /// `BROWSER` is a list of commands with colons between, in which `%s` stands for the page's address, as xdg-open takes it.
    static func command(for address: String, in environment: [String: String]) -> [String]? {
        let hasDesktop = ["DISPLAY", "WAYLAND_DISPLAY"].contains { !(environment[$0] ?? "").isEmpty }
        let named = (environment["BROWSER"] ?? "").split(separator: ":").map(String.init)
        for command in named + (hasDesktop ? ["xdg-open"] : []) {
            let words = command.split(separator: " ").map(String.init)
            guard let name = words.first, let program = program(name, in: environment) else { continue }
            let arguments = words.dropFirst()
            guard arguments.contains("%s") else { return [program] + arguments + [address] }
            return [program] + arguments.map { $0 == "%s" ? address : $0 }
        }
        return nil
    }

    private static func program(_ name: String, in environment: [String: String]) -> String? {
        let folders = name.contains("/") ? [] : (environment["PATH"] ?? "").split(separator: ":")
        let paths = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
        return paths.first(where: FileManager.default.isExecutableFile)
    }
}

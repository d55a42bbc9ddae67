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
        guard let program = program(in: environment) else { return }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = [address]
        // A browser talks a lot.
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        do {
            try process.run()
        } catch {
            StandardStream.error.line("\(program) can't be started: open the page yourself")
        }
    }

    /// What opens a page: the program that `BROWSER` names, else what a desktop has for it; nil where there is no desktop.
    static func program(in environment: [String: String]) -> String? {
        let hasDesktop = ["DISPLAY", "WAYLAND_DISPLAY"].contains { !(environment[$0] ?? "").isEmpty }
        let named = environment["BROWSER"].flatMap { $0.split(separator: ":").first.map(String.init) }
        guard let name = named ?? (hasDesktop ? "xdg-open" : nil) else { return nil }
        guard !name.contains("/") else { return name }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation

/// `muster-labsim`: a lab that is not there.
@main
struct LabSimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "muster-labsim",
        abstract: "Simulate a LAVA lab, with configurable timings and faults."
    )

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 chooses a free port. The address is printed.")
    var port = 8099

    @Option(help: ArgumentHelp("The port of the event stream, or same; 0 chooses a free port.", valueName: "port|same"))
    var eventsPort = "same"

    @Option(
        help: ArgumentHelp("A user and a token; repeatable. The first user is the admin.", valueName: "user=token")
    )
    var token: [String] = []

    @Option(help: ArgumentHelp("Number of devices of a type; repeatable.", valueName: "type=count"))
    var devices: [String] = []

    @Option(help: "Default run time of a job, in milliseconds.")
    var runTimeMs = 1_000

    @Option(help: "Time that a job stays Submitted although a device is free, in milliseconds.")
    var queueTimeMs = 0

    @Option(help: "Time that a job stays Scheduled, in milliseconds.")
    var startTimeMs = 0

    @Option(help: "Time that a canceled job stays Canceling, in milliseconds.")
    var cancelTimeMs = 50

    @Option(help: "Default numbers of passing, failing and skipped test cases of a job.")
    var cases = "4,0,0"

    @Option(help: "Maximum number of jobs to keep.")
    var maximumJobs = 1_000_000

    @Option(help: "Time after which an idle connection is closed, in milliseconds.")
    var idleTimeMs = 2_000

    @Option(help: "The LAVA version to simulate: 2023.01, or 2024.05, which cancels jobs in batches.")
    var api = "2023.01"

    @Flag(help: "Accept event listeners but send them nothing, like a lab without EVENT_NOTIFICATION.")
    var noEvents = false

    @Option(help: ArgumentHelp("A PEM file with a certificate and its chain; enables TLS.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("A PEM file with the key of the certificate.", valueName: "file"))
    var tlsKey: String?

    @Option(help: "A file to which one line of JSON is appended for each request and job event.")
    var log: String?

    func run() async throws {
        let simulator = try Simulator(options: try options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await simulator.run() }
            let port = try await simulator.port()
            // Past the buffer of `print`: whoever started this waits for the line.
            let scheme = tlsCertificate == nil ? ("http", "ws") : ("https", "wss")
            FileHandle.standardOutput.write(Data("\(scheme.0)://\(host):\(port)/\n".utf8))
            if eventsPort != "same" {
                let events = try await simulator.eventsPort()
                FileHandle.standardOutput.write(Data("\(scheme.1)://\(host):\(events)/ws/\n".utf8))
            }
            try await group.waitForAll()
        }
    }

    private var options: SimulatorOptions {
        get throws {
            var options = SimulatorOptions()
            options.host = host
            options.port = port
            if eventsPort != "same" {
                guard let number = Int(eventsPort), (0...65_535).contains(number) else {
                    throw ValidationError("--events-port takes a port, or same.")
                }
                options.eventsPort = number
            }
            guard ["2023.01", "2024.05"].contains(api) else {
                throw ValidationError("--api takes 2023.01 or 2024.05.")
            }
            options.version = api
            options.hasEvents = !noEvents
            switch (tlsCertificate, tlsKey) {
            case (nil, nil): break
            case (let certificate?, let key?): options.tls = .init(certificate: certificate, key: key)
            default: throw ValidationError("--tls-certificate and --tls-key go together.")
            }
            if !token.isEmpty {
                options.users = try token.enumerated().map { place, text in
                    let pair = try Self.pair(text, "--token")
                    return SimulatorOptions.User(name: pair.0, token: pair.1, isAdmin: place == 0)
                }
            }
            if !devices.isEmpty {
                options.devices = [:]
                for text in devices {
                    let (type, count) = try Self.pair(text, "--devices")
                    guard let count = Int(count), (0...100_000).contains(count) else {
                        throw ValidationError("--devices takes type=count, such as sim=8.")
                    }
                    options.devices[type] = count
                }
            }
            let counts = cases.split(separator: ",").map { Int($0) ?? -1 }
            guard counts.count == 3, counts.allSatisfy({ (0...Behaviour.maximumCases).contains($0) }) else {
                throw ValidationError("--cases takes three numbers, such as 4,0,0.")
            }
            (options.defaults.pass, options.defaults.fail, options.defaults.skip) = (counts[0], counts[1], counts[2])
            options.defaults.runMilliseconds = min(max(0, runTimeMs), Behaviour.maximumRunMilliseconds)
            options.queueMilliseconds = max(0, queueTimeMs)
            options.startMilliseconds = max(0, startTimeMs)
            options.cancelMilliseconds = max(0, cancelTimeMs)
            options.maximumJobs = max(1, maximumJobs)
            options.idleMilliseconds = max(1, idleTimeMs)
            options.logPath = log
            return options
        }
    }

    private static func pair(_ text: String, _ option: String) throws -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { throw ValidationError("\(option) takes two parts with a = between them.") }
        return (String(parts[0]), String(parts[1]))
    }
}

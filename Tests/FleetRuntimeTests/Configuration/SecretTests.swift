// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Foundation
import Testing

@Suite("Secrets of the configuration")
struct SecretTests {
    @Test("No description, interpolation, dump or reflection shows a secret")
    func hidden() throws {
        let configuration = try FleetConfiguration.load(text: ConfigurationLoadingTests.withLabs)
        var dumped = ""
        dump(configuration, to: &dumped)
        let shown = "\(configuration) \(String(reflecting: configuration)) \(dumped)"
        for secret in ["brokerpass", "dbpass", "labtoken", "whsec_M"] { #expect(!shown.contains(secret)) }
        #expect(shown.contains("***"))
    }

    @Test("A faulty secret is not repeated")
    func notRepeated() {
        let text =
            "broker: {url: \"http://u:s3cret@h\"}\ncallback: {secret: s3cret}\nbackends: {a: {url: \"http://u:s3cret@h\", token: \"s3\\ncret\"}}"
        #expect(!ConfigurationLoadingTests.faults(text).joined().contains("s3"))
    }

    @Test("A secret can stand in a file, beside the configuration or named by a variable")
    func secretFiles() throws {
        try withFolder { folder in
            try write("tok\n", to: "\(folder)/token", mode: 0o600)
            try write("amqp://file/\n", to: "\(folder)/broker", mode: 0o600)
            try write(Self.config(token: "token_file: token"), to: "\(folder)/muster.yaml", mode: 0o644)
            let environment = ["MUSTER_BROKER_URL_FILE": "\(folder)/broker"]
            let configuration = try FleetConfiguration.load(
                configFile: "\(folder)/muster.yaml",
                environment: environment
            )
            #expect(configuration.backends["lab-a"]?.token?.reveal == "tok")
            #expect(configuration.broker.url.reveal == "amqp://file/")
            // The file holds URLs that may have passwords in them, and its mode lets everybody read it.
            #expect(
                configuration.warnings.map(\.description) == [
                    "\(folder)/muster.yaml: holds secrets, and every user of this machine can read it"
                ]
            )
        }
    }

    @Test("A secret's file that everybody may read is a warning")
    func readableFile() throws {
        try withFolder { folder in
            try write("tok", to: "\(folder)/token", mode: 0o644)
            try write(Self.config(token: "token_file: token"), to: "\(folder)/muster.yaml", mode: 0o600)
            let configuration = try FleetConfiguration.load(configFile: "\(folder)/muster.yaml", environment: [:])
            #expect(configuration.warnings.map(\.key) == ["backends.lab-a.token_file"])
        }
    }

    @Test("The key of a certificate that everybody may read is a warning, wherever it stands")
    func readableKey() throws {
        try withFolder { folder in
            try write("key", to: "\(folder)/key.pem", mode: 0o644)
            try write("certificate", to: "\(folder)/open.pem", mode: 0o644)
            try write("certificate", to: "\(folder)/closed.pem", mode: 0o600)
            for (files, key) in [
                ("certificate_file: open.pem, key_file: key.pem", "broker.key_file"),
                ("certificate_file: open.pem", "broker.certificate_file"), ("certificate_file: closed.pem", nil),
            ] {
                let text = "broker: {url: \"amqps://h\", \(files)}\ndatabase: {url: \"postgres://u@h/d\"}\n"
                try write(text, to: "\(folder)/muster.yaml", mode: 0o600)
                let configuration = try FleetConfiguration.load(configFile: "\(folder)/muster.yaml", environment: [:])
                #expect(configuration.warnings.map(\.key) == [key].compactMap(\.self))
                #expect(configuration.broker.certificateFile?.hasPrefix(folder) == true)
            }
        }
    }

    @Test("A secret's file that is missing, empty, not text or too long is a fault of its key")
    func faultyFiles() throws {
        try withFolder { folder in
            try write(" \n", to: "\(folder)/empty", mode: 0o600)
            try write(String(repeating: "x", count: 70_000), to: "\(folder)/long", mode: 0o600)
            for (file, reason) in [
                ("none", "does not exist"), ("empty", "is empty"), ("long", "is longer than 64 KiB"),
            ] {
                try write(Self.config(token: "token_file: \(file)"), to: "\(folder)/muster.yaml", mode: 0o600)
                let error = #expect(throws: ConfigurationFaults.self) {
                    try FleetConfiguration.load(configFile: "\(folder)/muster.yaml", environment: [:])
                }
                #expect(error?.faults.map(\.key) == ["backends.lab-a.token_file"])
                #expect(error?.faults.first?.reason == "names a file that \(reason)")
            }
        }
    }

    @Test("A secret given twice in one place is a fault; the environment's file goes before the configuration's value")
    func twice() throws {
        try withFolder { folder in
            try write("fromfile", to: "\(folder)/token", mode: 0o600)
            let text = Self.config(token: "token: a, token_file: b")
            #expect(ConfigurationLoadingTests.faults(text).first?.contains("must not be given together") == true)
            let environment = ["MUSTER_BACKENDS_LAB_A_TOKEN_FILE": "\(folder)/token"]
            let configuration = try FleetConfiguration.load(
                text: Self.config(token: "token: a"),
                environment: environment
            )
            #expect(configuration.backends["lab-a"]?.token?.reveal == "fromfile")
        }
    }

    @Test(
        "A secret that is given nowhere is found in a file of its own beside the configuration, by its section and name"
    )
    func besideConfiguration() throws {
        try withFolder { folder in
            try write(Self.config(token: "user: u"), to: "\(folder)/muster.yaml", mode: 0o600)
            try write("tok\n", to: "\(folder)/credentials/backends/lab-a.token", mode: 0o600)
            try write(
                "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB",
                to: "\(folder)/credentials/callback/secret",
                mode: 0o644
            )
            // It stands in muster.yaml, which goes before.
            try write("amqp://other/", to: "\(folder)/credentials/broker/url", mode: 0o600)
            let configuration = try FleetConfiguration.load(configFile: "\(folder)/muster.yaml", environment: [:])
            #expect(configuration.backends["lab-a"]?.token?.reveal == "tok")
            #expect(configuration.callback.keys.secret != nil)
            #expect(configuration.broker.url.reveal != "amqp://other/")
            #expect(
                configuration.warnings.map(\.description) == [
                    "\(folder)/credentials/callback/secret: callback.secret stands in a file that every user of this machine "
                        + "can read"
                ]
            )
        }
    }

    @Test("systemd's credentials go before those beside the configuration")
    func systemdCredentials() throws {
        try withFolder { folder in
            try write(Self.config(token: "user: u"), to: "\(folder)/muster.yaml", mode: 0o600)
            try write("beside", to: "\(folder)/credentials/backends/lab-a.token", mode: 0o600)
            try write("loaded", to: "\(folder)/unit/backends_lab-a.token", mode: 0o400)
            let configuration = try FleetConfiguration.load(
                configFile: "\(folder)/muster.yaml",
                environment: ["CREDENTIALS_DIRECTORY": "\(folder)/unit"]
            )
            #expect(configuration.backends["lab-a"]?.token?.reveal == "loaded")
        }
    }

    @Test("A credential that is empty or makes no sense is a fault that names its file")
    func faultyCredential() throws {
        try withFolder { folder in
            try write(Self.config(token: "user: u"), to: "\(folder)/muster.yaml", mode: 0o600)
            try write("\n", to: "\(folder)/credentials/backends/lab-a.token", mode: 0o600)
            let error = #expect(throws: ConfigurationFaults.self) {
                try FleetConfiguration.load(configFile: "\(folder)/muster.yaml", environment: [:])
            }
            let file = "\(folder)/credentials/backends/lab-a.token"
            #expect(error?.description == "\(file): backends.lab-a.token stands in a file that is empty")
        }
    }

    @Test("A configuration file that isn't there is a fault")
    func missingFile() {
        let error = #expect(throws: ConfigurationFaults.self) {
            try FleetConfiguration.load(environment: ["MUSTER_CONFIG": "/nonexistent/muster.yaml"])
        }
        #expect(error?.description == "/nonexistent/muster.yaml: does not exist")
    }

    static func config(token: String) -> String {
        ConfigurationLoadingTests.smallest + "\nbackends: {lab-a: {url: \"http://lab\", \(token)}}"
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private func write(_ text: String, to path: String, mode: Int) throws {
        let url = URL(filePath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: NSNumber(value: mode)], ofItemAtPath: path)
    }
}

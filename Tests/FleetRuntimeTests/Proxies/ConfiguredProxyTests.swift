// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FleetRuntime

@Suite("Proxies of the configuration")
struct ConfiguredProxyTests {
    private func load(
        _ lab: String = "",
        url: String = "https://lab.test",
        _ environment: [String: String] = [:]
    ) throws(ConfigurationFaults) -> FleetConfiguration {
        let text = """
            broker: {url: "amqp://broker.test"}
            database: {url: "postgres://database.test/muster"}
            backends:
              a:
                url: \(url)
            \(lab.isEmpty ? "" : "    \(lab)")
            projects:
              g/p:
                squad_url: \(url)

            """
        return try .load(text: text, environment: environment)
    }

    private let environment = ["https_proxy": "http://me:geheim@proxy.test:3128"]

    @Test("Labs and SQUADs are reached through what the environment names")
    func environmentProxies() throws {
        let configuration = try load("", environment)
        #expect(configuration.backends["a"]?.proxy.map { "\($0)" } == "proxy.test:3128")
        #expect(configuration.projects["g/p"]?.squad?.proxy.map { "\($0)" } == "proxy.test:3128")
        let direct = try load("", environment.merging(["no_proxy": "lab.test"]) { $1 })
        #expect(direct.backends["a"]?.proxy == nil && direct.projects["g/p"]?.squad?.proxy == nil)
        let plain = try load(url: "http://lab.test", environment)
        #expect(plain.backends["a"]?.proxy == nil && plain.projects["g/p"]?.squad?.proxy == nil)
    }

    @Test("A lab's own proxy goes before the environment's, also for what no_proxy names; none is none")
    func ownProxy() throws {
        let own = try load("proxy: http://own.test:8080", environment.merging(["no_proxy": "*"]) { $1 })
        #expect(own.backends["a"]?.proxy.map { "\($0)" } == "own.test:8080")
        #expect(try load("proxy: none", environment).backends["a"]?.proxy == nil)
        let variable = ["MUSTER_BACKENDS_A_PROXY": "http://variable.test:8080"]
        #expect(try load("proxy: none", variable).backends["a"]?.proxy.map { "\($0)" } == "variable.test:8080")
    }

    @Test("What is none is a fault, which names the key or the variable and not the value")
    func faults() throws {
        let own = #expect(throws: ConfigurationFaults.self) { try load("proxy: socks5://me:geheim@own.test") }
        #expect(
            own?.description
                == "muster.yaml:6: backends.a.proxy must be the URL of an HTTP proxy, such as "
                + "http://proxy.example.com:3128, or none"
        )
        let variable = #expect(throws: ConfigurationFaults.self) {
            try load("", ["https_proxy": "socks5://me:geheim@own.test"])
        }
        let words = "is to be reached through a proxy, but this variable is not the URL of an HTTP proxy"
        #expect(variable?.faults.map(\.key) == ["backends.a.url", "projects.g/p.squad_url"])
        #expect(variable?.description.contains("https_proxy: backends.a.url \(words)") == true)
        #expect(variable?.description.contains("geheim") == false)
    }

    @Test("A lab whose jobs somebody else runs has none")
    func external() {
        let faults = #expect(throws: ConfigurationFaults.self) {
            try FleetConfiguration.load(
                text: """
                    broker: {url: "amqp://broker.test"}
                    database: {url: "postgres://database.test/muster"}
                    backends: {a: {type: external, proxy: "http://own.test:8080"}}
                    """
            )
        }
        #expect(faults?.faults.map(\.key) == ["backends.a.proxy"])
    }

    @Test("What a proxy is told of us is in no description")
    func secrets() throws {
        let configuration = try load("proxy: http://me:geheim@own.test:8080", environment)
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("geheim"))
    }
}

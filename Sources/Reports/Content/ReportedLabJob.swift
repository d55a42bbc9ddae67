// SPDX-License-Identifier: Apache-2.0

/// A lab job, and where to look at it.
public struct ReportedLabJob: Sendable, Equatable {
    /// LAVA's own number.
    public var number: Int
    /// LAVA's health, such as `Complete`.
    public var health: String?
    /// The board it ran on.
    public var device: String?
    /// Its page in the lab; `nil` for a lab that is no longer configured.
    public var url: String?

    /// A lab job as given.
    public init(number: Int, health: String?, device: String?, url: String?) {
        self.number = number
        self.health = health
        self.device = device
        self.url = url
    }

    /// The page of lab job `number` in the lab whose web server has its root at `labURL`: LAVA's `scheduler/job/…`.
    public static func page(of number: Int, labURL: String) -> String {
        var root = Substring(labURL)
        while root.hasSuffix("/") { root = root.dropLast() }
        return "\(root)/scheduler/job/\(number)"
    }
}

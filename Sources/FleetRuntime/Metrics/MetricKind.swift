// SPDX-License-Identifier: Apache-2.0

/// What a metric measures, and so how it is named and written.
enum MetricKind: Hashable {
    case counter
    case gauge
    case histogram(bounds: [Double])
    case timer(bounds: [Double])

    /// The word of the text format.
    var word: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram, .timer: "histogram"
        }
    }

    /// The upper bounds of its buckets; empty for what has none.
    var bounds: [Double] {
        switch self {
        case .counter, .gauge: []
        case .histogram(let bounds), .timer(let bounds): bounds
        }
    }

    /// The name under which `label` is written: `jobsets.accepted` becomes `muster_jobsets_accepted_total`.
    func name(for label: String) -> String {
        var name = Self.plain(label)
        if !name.hasPrefix("muster_") { name = "muster_" + name }
        switch self {
        case .counter: return name.hasSuffix("_total") ? name : name + "_total"
        case .timer: return name.hasSuffix("_seconds") ? name : name + "_seconds"
        case .gauge, .histogram: return name
        }
    }

    /// `text` with every character but ASCII letters, digits and `_` turned into `_`.
    static func plain(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_": Character(scalar)
                default: "_"
                }
            }
        )
    }
}

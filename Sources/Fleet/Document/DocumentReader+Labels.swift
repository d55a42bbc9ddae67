// SPDX-License-Identifier: Apache-2.0

extension DocumentReader {
    /// Reads the value of `labels`.
    mutating func readLabels() throws(JSONSyntaxError) {
        guard try isObject("/labels") else { return }
        var count = 0
        var members = try cursor.enterObject()
        while let name = try cursor.nextKey(&members) {
            count += 1
            guard count <= limits.maximumLabels else {
                try cursor.skip()
                continue
            }
            let place = "/labels/\(Self.escaped(name))"
            if !Slug.isValid(name) {
                faults.add(
                    place,
                    "must be named by at most \(Slug.maximumLength) letters, digits, \"_\", \".\" and \"-\""
                )
            } else if labels[name] != nil {
                faults.add(place, "stands there more than once")
            }
            guard let value = try readText(place) else { continue }
            if value.utf8.count > limits.maximumLabelBytes {
                faults.add(
                    place,
                    "has \(value.utf8.count) bytes; the limit is \(limits.maximumLabelBytes)",
                    found: value
                )
            } else if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                faults.add(place, "has a control character in it")
            }
            labels[name] = value
        }
        if count > limits.maximumLabels {
            faults.add("/labels", "has \(count) labels; the limit is \(limits.maximumLabels)")
        }
    }
}

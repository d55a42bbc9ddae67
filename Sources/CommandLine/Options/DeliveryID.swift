// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// A delivery's id as `muster deliveries` shows it, or as its receiver was told it: `msg_` and the same.
struct DeliveryID: ExpressibleByArgument {
    let id: UUID

    init?(argument: String) {
        let text = argument.hasPrefix("msg_") ? String(argument.dropFirst(4)) : argument
        guard let id = UUID(uuidString: text) else { return nil }
        self.id = id
    }
}

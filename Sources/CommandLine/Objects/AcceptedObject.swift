// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An accepted jobset in JSON, for `submit` without `--wait`.
struct AcceptedObject: Encodable {
    let id: String
    let total: Int

    init(id: UUID, total: Int) {
        self.id = id.text
        self.total = total
    }
}

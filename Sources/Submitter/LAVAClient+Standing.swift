// SPDX-License-Identifier: Apache-2.0

import LAVA

extension LAVAClient {
    /// Whether the lab answers and takes our token for somebody's. Without a token of ours it can only call us nobody;
    /// that it answers at all has to do.
    func isInGoodHealth() async throws(LAVAError) -> Bool {
        try await !whoami().isEmpty || lab.token == nil
    }
}

// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// What a callback is signed with and where it may go: section `callback`.
    public struct Callback: Sendable {
        /// The secret that callbacks are signed with, `whsec_` and base64 (`callback.secret`, `callback.secret_file`);
        /// without one they are not signed.
        public var secret: Secret?
        /// While a secret is being replaced, the one before it, which callbacks are signed with as well
        /// (`callback.previous_secret`, `callback.previous_secret_file`).
        public var previousSecret: Secret?
        /// Networks that a callback may reach although they are not public, as CIDRs (`callback.allowed_networks`).
        public var allowedNetworks: [String]

        init(_ values: ConfigurationValues) {
            secret = values.optionalSecret("callback.secret", orFile: "callback.secret_file")
            previousSecret = values.optionalSecret("callback.previous_secret", orFile: "callback.previous_secret_file")
            allowedNetworks = values.texts("callback.allowed_networks")
        }
    }
}

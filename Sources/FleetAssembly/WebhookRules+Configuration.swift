// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetRuntime

extension FleetConfiguration {
    /// What webhooks can name that somebody adds to a project.
    package var webhookRules: WebhookWish.Rules {
        WebhookWish.Rules(
            secrets: callback.secretProjects,
            addresses: AddressPolicy(allowedNetworks: callback.allowedNetworks)
        )
    }
}

// SPDX-License-Identifier: Apache-2.0

import CommandLine
import Fleet
import FleetAssembly
import FleetOperations
import FleetStore

extension DirectFleet {
    func webhooks(of project: ProjectName) async throws -> [Webhook] {
        try await access.withStore { try await $0.webhooks(of: project.group, project.project) }
    }

    func setWebhook(_ wish: WebhookWish, of project: ProjectName) async throws -> Webhook {
        let faults = wish.faults(access.configuration.webhookRules, group: project.group, project: project.project)
        guard faults.isEmpty else { throw ServerRefusal(problem: .badRequest(faults)) }
        return try await operate { try await $0.putWebhook(wish, of: project.group, project.project, by: $1) }
    }

    func removeWebhook(_ name: String, of project: ProjectName) async throws -> Webhook {
        try await operate { try await $0.removeWebhook(name, of: project.group, project.project, by: $1) }
    }

    func enableWebhook(_ name: String, of project: ProjectName, _ isEnabled: Bool) async throws -> Webhook {
        try await operate { try await $0.enableWebhook(name, of: project.group, project.project, isEnabled, by: $1) }
    }

    func rotateSecret(
        ofWebhook name: String,
        of project: ProjectName,
        keepingFor seconds: Int
    ) async throws -> RotatedSecret {
        try await operate { fleet, actor in
            try await fleet.rotateSecret(
                ofWebhook: name,
                of: project.group,
                project.project,
                keepingFor: seconds,
                by: actor
            )
        }
    }

    func redeliverFailed(toWebhook name: String, of project: ProjectName) async throws -> [RepeatedDelivery] {
        try await operate { fleet, actor in
            try await fleet.redeliverFailed(toWebhook: name, of: project.group, project.project, by: actor)
        }.map(RepeatedDelivery.init)
    }
}

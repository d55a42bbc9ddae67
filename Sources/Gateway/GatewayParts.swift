// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetOperations
import FleetQueues
import FleetRuntime
import FleetStore
import Logging
import OpenIDConnect

/// What the routes work with. Shared, not copied: with the configuration in it, copies of it made up most of the memory of
/// a request.
final class GatewayParts: Sendable {
    /// All that is kept.
    let store: FleetStore
    /// What is done to the fleet.
    let operations: FleetOperations
    /// Where documents are brought.
    let submitter: DocumentSubmitter
    /// Who is let in.
    let access: AccessPolicy
    /// Where requests come from.
    let addresses: ClientAddress
    /// How many of them each caller may make.
    let allowances: Allowances
    /// The bodies that are being taken in.
    let bodies: ByteBudget
    /// The event streams that are open.
    let streams: SharedSlots
    /// How much is taken, and for how long is waited.
    let limits: FleetConfiguration.Gateway
    /// How large a document may be.
    let documentLimits: DocumentLimits
    /// The labs that jobs may name.
    let knownBackends: Set<String>
    /// The labs' own pages.
    let labs: LabAddresses
    let configuration: FleetConfiguration
    /// Where people who look at pages keep their token.
    let session: SessionCookie
    /// Who else says who somebody is.
    let identities: IdentityProviders
    /// The sign-ins and the exchanges of tokens that are in progress: each waits for somebody else's server.
    let signIns: SharedSlots
    let exchanges: SharedSlots
    /// How many sign-ins may end in a while, by address.
    let signInLimiter = RateLimiter(perSecond: 1, burst: 20)
    /// The builds and projects whose names were given their numbers lately.
    let numbered = RecentlyNumbered()
    let numberings = SharedSlots(maximumNumberings, each: maximumNumberings)
    /// The comparisons of builds that are being made for somebody who waits: each is hard work for the database.
    let comparisons: SharedSlots
    /// Those that were made lately.
    let recentComparisons = ComparisonCache()
    /// The archives that are being downloaded.
    let downloads: SharedSlots
    /// Tells people how the broker's queues stand.
    let broker: BrokerInspector
    /// Where it is told.
    let logger: Logger

    /// Finds out whose a token is.
    var tokens: TokenCheck { TokenCheck(access: access, allowances: allowances) }

    /// How many sign-ins and exchanges of tokens can be in progress, and how many of them from one address.
    private static let (maximumSignIns, maximumSignInsPerAddress) = (50, 20)

    private static let maximumComparisons = 2
    private static let maximumNumberings = 2
    private static let (maximumDownloads, maximumDownloadsPerCaller) = (10, 3)

    /// The parts of a gateway on those of every worker.
    init(_ parts: FleetParts, answers: ReplyConsumer) {
        let gateway = parts.configuration.gateway
        store = parts.store
        operations = FleetOperations(
            store: parts.store,
            backends: parts.configuration.backends.keys,
            publisher: parts.publisher,
            logger: parts.logger
        )
        submitter = DocumentSubmitter(publisher: parts.publisher, answers: answers, timeout: gateway.answerTimeout)
        access = AccessPolicy(
            store: parts.store,
            publicProjects: gateway.publicProjects
        )
        session = SessionCookie(publicURL: gateway.publicURL)
        identities = IdentityProviders(gateway.identityProviders)
        signIns = SharedSlots(Self.maximumSignIns, each: Self.maximumSignInsPerAddress)
        exchanges = SharedSlots(Self.maximumSignIns, each: Self.maximumSignInsPerAddress)
        comparisons = SharedSlots(Self.maximumComparisons, each: 1)
        downloads = SharedSlots(Self.maximumDownloads, each: Self.maximumDownloadsPerCaller)
        broker = BrokerInspector(broker: parts.broker, topology: parts.topology, logger: parts.logger)
        addresses = ClientAddress(
            trustedProxies: gateway.trustedProxies,
            logger: gateway.isBehindUntrustedProxy ? parts.logger : nil
        )
        allowances = Allowances(perSecond: gateway.requestsPerSecond, burst: gateway.requestBurst)
        let largest = max(parts.configuration.ingest.maximumDocumentBytes, ActionBody.maximumBytes)
        bodies = ByteBudget(max(gateway.maximumBodyBytes, largest), forOne: largest)
        streams = SharedSlots(gateway.maximumStreams, each: gateway.maximumStreamsPerCaller)
        limits = gateway
        documentLimits = parts.configuration.documentLimits
        knownBackends = Set(parts.configuration.backends.keys)
        labs = parts.configuration.labAddresses
        configuration = parts.configuration
        logger = parts.logger
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import NIOCore
internal import Synchronization

/// The connections that are open, so that a restart can drop them all.
final class ConnectionRegistry: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        channels.withLock { $0[id] = channel }
        channel.closeFuture.whenComplete { [weak self] _ in
            _ = self?.channels.withLock { $0.removeValue(forKey: id) }
        }
    }

    /// How many there are.
    var count: Int { channels.withLock { $0.count } }

    /// Closes every connection at once.
    func dropAll() {
        for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
    }

    /// Enters its connection into the registry, also one that never asks anything, and resets it if that is ordered.
    final class Handler: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = Any

        private let registry: ConnectionRegistry
        private let faults: FaultBook

        init(_ registry: ConnectionRegistry, _ faults: FaultBook) {
            self.registry = registry
            self.faults = faults
        }

        func handlerAdded(context: ChannelHandlerContext) {
            registry.add(context.channel)
        }

        func channelActive(context: ChannelHandlerContext) {
            if faults.meetConnection() != nil {
                // No linger: closing then resets the connection in place of ending it in order.
                let channel = context.channel
                let option = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                if let option {
                    option.whenComplete { _ in channel.close(promise: nil) }
                } else {
                    channel.close(promise: nil)
                }
            }
            context.fireChannelActive()
        }
    }
}

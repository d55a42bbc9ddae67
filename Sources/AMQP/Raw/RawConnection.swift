// SPDX-License-Identifier: Apache-2.0

internal import CRabbitMQ

/// One connection of the C library, owned. It belongs to one thread: the library is not thread-safe, which is why
/// this class is not `Sendable` and lives inside an actor whose executor is that thread.
///
/// After login none of the library's own waiting calls is used (`amqp_simple_rpc`, `amqp_basic_publish`,
/// `amqp_consume_message`): they wait without end or lose their place among frames. Frames are read with a zero
/// timeout and written one at a time, each only when ``hasRoom()`` says that it will not wait.
@safe
final class RawConnection {
    /// What a look at the socket gave.
    enum Read {
        case frame(ServerFrame)
        /// A frame this client has no use for.
        case ignored
        /// Nothing more for now.
        case drained
    }

    let state: amqp_connection_state_t
    /// Largest body frame to write: never more than a part of the socket's send buffer, so that it fits at once.
    private(set) var maximumFragment = 4088
    /// The heartbeat agreed on, in seconds.
    private(set) var heartbeatSeconds = 0
    /// Largest frame agreed on, in bytes.
    private(set) var maximumFrameSize = 4096
    /// What the broker says of itself.
    private(set) var broker = AMQPBroker(properties: [:])
    var descriptor: Int32 { unsafe amqp_get_sockfd(state) }

    /// Connects to the first server, encrypts if asked and logs in. Blocks the calling thread up to the connect and
    /// handshake limits.
    init(_ configuration: AMQPConfiguration) throws(AMQPError) {
        guard let state = unsafe amqp_new_connection() else {
            throw AMQPError(.connectionLost, "There is no memory for a connection.")
        }
        unsafe self.state = unsafe state
        // From here on `deinit` frees the connection, on errors too.
        try open(configuration)
        try login(configuration)
        try measure()
    }

    deinit { unsafe amqp_destroy_connection(state) }

    private func open(_ configuration: AMQPConfiguration) throws(AMQPError) {
        var arena = Arena()
        let socket: OpaquePointer?
        if let tls = configuration.tls {
            unsafe socket = amqp_ssl_socket_new(state)
            if let socket = unsafe socket { unsafe try Self.prepare(socket, tls, &arena) }
        } else {
            unsafe socket = amqp_tcp_socket_new(state)
        }
        guard let socket = unsafe socket else { throw AMQPError(.connectionLost, "There is no memory for a socket.") }
        var limit = timeval(configuration.connectTimeout)
        let host = unsafe arena.cString(configuration.host)
        let status = unsafe amqp_socket_open_noblock(socket, host, Int32(configuration.port), &limit)
        guard status == AMQP_STATUS_OK.rawValue else {
            throw AMQPError(status: status, "There is no connection to \(configuration.servers[0])")
        }
    }

    private func login(_ configuration: AMQPConfiguration) throws(AMQPError) {
        var arena = Arena()
        var limit = timeval(configuration.handshakeTimeout)
        unsafe amqp_set_handshake_timeout(state, &limit)
        var rpcLimit = timeval(configuration.rpcTimeout)
        unsafe amqp_set_rpc_timeout(state, &rpcLimit)
        // `connection.blocked` and `basic.cancel` are sent only to those who say that they understand them.
        var properties: AMQPTable = [
            "product": "Muster AMQP",
            "capabilities": [
                "authentication_failure_close": true, "basic.nack": true, "connection.blocked": true,
                "consumer_cancel_notify": true, "exchange_exchange_bindings": true, "publisher_confirms": true,
            ],
        ]
        if let name = configuration.connectionName { properties["connection_name"] = .string(name) }
        var table = unsafe try arena.table(properties)
        let reply = unsafe muster_amqp_login_plain(
            state,
            arena.cString(configuration.virtualHost),
            0,
            Int32(configuration.maximumFrameSize),
            Int32(clamping: max(1, configuration.heartbeat.components.seconds)),
            &table,
            arena.cString(configuration.user),
            arena.cString(configuration.password)
        )
        if let error = unsafe AMQPError(login: reply, configuration) { throw error }
        if let table = unsafe amqp_get_server_properties(state) {
            broker = AMQPBroker(properties: unsafe AMQPTable(table.pointee))
        }
        unsafe amqp_maybe_release_buffers(state)
    }

    private func measure() throws(AMQPError) {
        unsafe heartbeatSeconds = Int(amqp_get_heartbeat(state))
        unsafe maximumFrameSize = Int(amqp_get_frame_max(state))
        // 4096 is the least the protocol allows; anything smaller is a peer that wants the library to miscount.
        guard maximumFrameSize >= 4096 else {
            throw AMQPError(.protocolViolation, "The broker asks for frames of \(maximumFrameSize) bytes.")
        }
        let wanted: Int32 = 212_992
        let granted = Int(muster_set_send_buffer(descriptor, wanted))
        // `poll` calls a socket writable when a third of its buffer is free: an eighth is sure to fit.
        maximumFragment = min(maximumFrameSize - 8, max(4088, granted / 8))
    }

    /// The next frame, without waiting. The library beats its heart, and checks the peer's, inside this call.
    func read() throws(AMQPError) -> Read {
        var frame = unsafe amqp_frame_t()
        var zero = timeval()
        let status = unsafe amqp_simple_wait_frame_noblock(state, &frame, &zero)
        if status == AMQP_STATUS_TIMEOUT.rawValue { return .drained }
        guard status == AMQP_STATUS_OK.rawValue else {
            throw AMQPError(status: status, "The connection was lost")
        }
        let copy = unsafe ServerFrame(frame)
        // The copy is ours: give the frame's memory back at once, or a long stream of frames would pile up.
        unsafe amqp_maybe_release_buffers_on_channel(state, frame.channel)
        return copy.map { .frame($0) } ?? .ignored
    }
}

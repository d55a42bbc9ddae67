// SPDX-License-Identifier: Apache-2.0

internal import CRabbitMQ
internal import Glibc

extension RawConnection {
    /// Whether a frame of up to ``maximumFragment`` bytes can be written now without waiting.
    ///
    /// `amqp_send_frame` of 0.11 waits for room for as long as the peer beats its heart, and a broker short of memory
    /// stops reading while its heart beats on. So nothing is written before the socket says that there is room; and
    /// since a third of the buffer is then free, the library's own heartbeats always find room too.
    func hasRoom() -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe Glibc.poll(&poll, 1, 0) > 0
    }

    /// Holds back half-filled packets while several frames are written.
    func setCork(_ on: Bool) {
        let descriptor = self.descriptor
        if descriptor >= 0 { muster_set_cork(descriptor, on ? 1 : 0) }
    }

    /// Writes the method and header frames of a message.
    func sendHead(channel: UInt16, _ publication: AMQPPublication) throws(AMQPError) {
        var arena = Arena()
        var properties = unsafe try arena.properties(publication.message.properties)
        var publish = unsafe amqp_basic_publish_t()
        unsafe publish.exchange = try arena.shortString(publication.exchange, what: "name of the exchange")
        unsafe publish.routing_key = try arena.shortString(publication.routingKey, what: "routing key")
        unsafe publish.mandatory = publication.mandatory ? 1 : 0
        unsafe try send(channel: channel, AMQP_BASIC_PUBLISH_METHOD, &publish)

        var frame = unsafe amqp_frame_t()
        unsafe frame.frame_type = UInt8(AMQP_FRAME_HEADER)
        unsafe frame.channel = channel
        unsafe frame.payload.properties.class_id = 60
        unsafe frame.payload.properties.body_size = UInt64(publication.message.body.count)
        let state = unsafe self.state
        let status = unsafe withUnsafeMutablePointer(to: &properties) { pointer in
            unsafe frame.payload.properties.decoded = UnsafeMutableRawPointer(pointer)
            return unsafe amqp_send_frame(state, &frame)
        }
        guard status == AMQP_STATUS_OK.rawValue else { throw AMQPError(status: status, "Nothing could be sent") }
    }

    /// Writes one piece of a body.
    func sendBody(channel: UInt16, _ body: [UInt8], _ range: Range<Int>) throws(AMQPError) {
        var frame = unsafe amqp_frame_t()
        unsafe frame.frame_type = UInt8(AMQP_FRAME_BODY)
        unsafe frame.channel = channel
        let state = unsafe self.state
        let status = unsafe body.withUnsafeBytes { bytes in
            let piece = unsafe UnsafeMutableRawBufferPointer(mutating: UnsafeRawBufferPointer(rebasing: bytes[range]))
            unsafe frame.payload.body_fragment = amqp_bytes_t(len: piece.count, bytes: piece.baseAddress)
            return unsafe amqp_send_frame(state, &frame)
        }
        guard status == AMQP_STATUS_OK.rawValue else { throw AMQPError(status: status, "Nothing could be sent") }
    }

    /// Checks that names fit and that a publish's properties fit into one frame: nothing of it may be written else.
    func check(_ publication: AMQPPublication) throws(AMQPError) {
        var arena = Arena()
        _ = unsafe try arena.shortString(publication.exchange, what: "name of the exchange")
        _ = unsafe try arena.shortString(publication.routingKey, what: "routing key")
        let size = publication.message.properties.encodedSize
        // A header frame has 7 bytes before it, 14 of its own and one after; the rest is a margin.
        guard size <= min(maximumFrameSize, maximumFragment) - 64 else {
            throw AMQPError(.tooLarge, "The properties take more than one frame of \(maximumFrameSize) bytes.")
        }
        _ = unsafe try arena.properties(publication.message.properties)
    }

    /// Writes one method frame.
    func send<Fields>(channel: UInt16, _ id: amqp_method_number_t, _ fields: inout Fields) throws(AMQPError) {
        let state = unsafe self.state
        let status = unsafe withUnsafeMutablePointer(to: &fields) { pointer in
            unsafe amqp_send_method(state, channel, id, UnsafeMutableRawPointer(pointer))
        }
        guard status == AMQP_STATUS_OK.rawValue else { throw AMQPError(status: status, "Nothing could be sent") }
    }
}

// SPDX-License-Identifier: Apache-2.0
// The one door to rabbitmq-c. Its headers moved in 0.12, and a few things the
// Swift importer drops (variadics, eventfd, socket option macros) are wrapped here.
#ifndef MUSTER_CRABBITMQ_SHIM_H
#define MUSTER_CRABBITMQ_SHIM_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif

/// `amqp_login_with_properties` with PLAIN: the original is variadic, which Swift cannot call.
static inline amqp_rpc_reply_t muster_amqp_login_plain(
    amqp_connection_state_t state, const char *virtual_host, int channel_max, int frame_max, int heartbeat,
    const amqp_table_t *properties, const char *user, const char *password) {
  return amqp_login_with_properties(
      state, virtual_host, channel_max, frame_max, heartbeat, properties, AMQP_SASL_METHOD_PLAIN, user, password);
}

/// A descriptor that one thread writes to wake another out of `poll`; -1 with errno on failure.
static inline int muster_wake_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/// Asks for a send buffer and answers the size the kernel settled on (Linux counts double, for overhead).
static inline int muster_set_send_buffer(int descriptor, int bytes) {
  socklen_t length = sizeof(bytes);
  (void)setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
  if (getsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, &length) != 0) return -1;
  return bytes;
}

/// Holds back partial segments while a burst of frames is written, so that a message is not three packets.
static inline void muster_set_cork(int descriptor, int on) {
#ifdef TCP_CORK
  (void)setsockopt(descriptor, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
#else
  (void)descriptor;
  (void)on;
#endif
}

/// Names the calling thread, for debuggers and `top`; the kernel keeps 15 bytes.
static inline void muster_name_thread(const char *name) { (void)prctl(PR_SET_NAME, name, 0, 0, 0); }

#endif

// SPDX-License-Identifier: Apache-2.0
// What Swift's importer leaves out of libpq: the character macros of the error fields. And eventfd, which the Glibc
// module does not carry, to wake a thread that waits on a connection's socket.
#ifndef MUSTER_CLIBPQ_SHIM_H
#define MUSTER_CLIBPQ_SHIM_H

#include <libpq-fe.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const int clibpq_diag_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int clibpq_diag_sqlstate = PG_DIAG_SQLSTATE;
static const int clibpq_diag_message = PG_DIAG_MESSAGE_PRIMARY;
static const int clibpq_diag_detail = PG_DIAG_MESSAGE_DETAIL;
static const int clibpq_diag_hint = PG_DIAG_MESSAGE_HINT;
static const int clibpq_diag_position = PG_DIAG_STATEMENT_POSITION;
static const int clibpq_diag_table = PG_DIAG_TABLE_NAME;
static const int clibpq_diag_column = PG_DIAG_COLUMN_NAME;
static const int clibpq_diag_constraint = PG_DIAG_CONSTRAINT_NAME;
static const int clibpq_diag_function = PG_DIAG_SOURCE_FUNCTION;

static inline int clibpq_wakeup_open(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline void clibpq_wakeup_signal(int descriptor) {
    uint64_t one = 1;
    ssize_t written = write(descriptor, &one, sizeof one);
    (void)written; // a full counter is already a signal
}

static inline void clibpq_wakeup_clear(int descriptor) {
    uint64_t count;
    ssize_t taken = read(descriptor, &count, sizeof count);
    (void)taken; // an empty counter is already clear
}

static inline void clibpq_wakeup_close(int descriptor) { close(descriptor); }

#endif

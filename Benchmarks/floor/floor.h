// SPDX-License-Identifier: Apache-2.0
//
// The floor: the least that carries jobs from a queue through a lab to their end, over the same servers, the same
// simulated lab and the same statements' worth of work as the fleet. No retries, no doubt, no turns, no reports.

#ifndef FLOOR_H
#define FLOOR_H

#include <libpq-fe.h>
#include <amqp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How much goes at once: messages of a group, and requests to the lab (the fleet's own default).
enum { GROUP = 100, CONNECTIONS = 8 };

#define JOBS "floor.jobs"
#define FINISHED "floor.finished"

// Prints what went wrong and ends the program.
__attribute__((noreturn, format(printf, 1, 2))) void die(const char *format, ...);

// The value of an environment variable that must be there.
const char *setting(const char *name);

// A text that grows; its bytes end with a NUL that is not counted.
typedef struct {
    char *bytes;
    size_t count, room;
} Text;
void put(Text *text, const char *bytes, size_t count);
__attribute__((format(printf, 2, 3))) void putf(Text *text, const char *format, ...);

// PostgreSQL's form of an array of numbers.
void put_array(Text *text, const int64_t *numbers, int count);

// MARK: PostgreSQL

PGconn *database(void);
// Runs a statement with text parameters; the result is the caller's to clear.
PGresult *run(PGconn *connection, const char *sql, int count, const char *const *parameters);
// Runs a statement whose result nobody reads.
void run_only(PGconn *connection, const char *sql);

// MARK: RabbitMQ

// A connection with one channel, on which messages are either published with confirms or consumed.
amqp_connection_state_t broker(void);
void declare(amqp_connection_state_t connection, const char *queue);
void publish_with_confirms(amqp_connection_state_t connection);
// Publishes a message for each number, and returns when the broker has confirmed all of them.
void publish(amqp_connection_state_t connection, const char *queue, const int64_t *numbers, int count);
void consume(amqp_connection_state_t connection, const char *queue);
// Waits so long for a message, takes what is there besides, and returns how many.
int take(amqp_connection_state_t connection, int milliseconds, int64_t *numbers, uint64_t *tags);
void ack(amqp_connection_state_t connection, uint64_t last);

// MARK: the lab

typedef struct {
    Text path, body;  // a POST if there is a body
    Text answer;
    long status;
} Request;
// Sends all of them, CONNECTIONS at a time, and returns when all are answered.
void ask(Request *requests, int count);
void reset(Request *request);

// MARK: the programs

int fill(int jobs);
int submit(void);
int watch(void);

#endif

// SPDX-License-Identifier: Apache-2.0
//
// What ingest does at least: the jobs are stored, and a message is published for each.

#include "floor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const SCHEMA =
    "drop schema if exists floor cascade; create schema floor; set search_path to floor;"
    "create table jobset (id int primary key, pending int not null);"
    "create table job (id bigint primary key, state text not null default 'waiting', definition text not null,"
    "    number bigint, passed int, failed int);"
    "create index job_by_number on job (number) where number is not null;"
    "create table result (job bigint not null, position int not null, name text not null, suite text not null,"
    "    status text not null, measurement text);";

static const char *const DEFINITION =
    "device_type: sim\\njob_name: benchmark %d\\nvisibility: public\\npriority: medium\\n"
    "timeouts: {job: {minutes: 5}, action: {minutes: 5}, connection: {minutes: 1}}\\n"
    "metadata: {sim.run_ms: 0, sim.suite: smoke, sim.pass: 4}\\n"
    "actions:\\n- boot: {method: qemu, media: tmpfs}\\n";

// The tables and queues of a run; to be called before the workers start.
static void prepare(PGconn *connection, amqp_connection_state_t channel) {
    PGresult *result = PQexec(connection, SCHEMA);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) die("%s", PQerrorMessage(connection));
    PQclear(result);
    declare(channel, JOBS);
    declare(channel, FINISHED);
}

// With 0 jobs it only prepares.
int fill(int jobs) {
    PGconn *connection = PQconnectdb(setting("FLOOR_DATABASE_URL"));
    if (PQstatus(connection) != CONNECTION_OK) die("%s", PQerrorMessage(connection));
    amqp_connection_state_t channel = broker();
    if (jobs == 0) {
        prepare(connection, channel);
        return 0;
    }
    run_only(connection, "set search_path to floor");
    run_only(connection, "begin");
    Text rows = {0};
    putf(&rows, "insert into jobset values (1, %d)", jobs);
    run_only(connection, rows.bytes);
    rows.count = 0;
    PQclear(run(connection, "copy job (id, definition) from stdin", 0, NULL));
    for (int job = 1; job <= jobs; job++) {
        putf(&rows, "%d\t", job);
        putf(&rows, DEFINITION, job);
        put(&rows, "\n", 1);
    }
    if (PQputCopyData(connection, rows.bytes, (int)rows.count) != 1 || PQputCopyEnd(connection, NULL) != 1)
        die("%s", PQerrorMessage(connection));
    while (PQgetResult(connection)) {}
    run_only(connection, "commit");
    publish_with_confirms(channel);
    int64_t numbers[5 * GROUP];
    for (int job = 1; job <= jobs;) {
        int count = 0;
        while (count < 5 * GROUP && job <= jobs) numbers[count++] = job++;
        publish(channel, JOBS, numbers, count);
    }
    return 0;
}

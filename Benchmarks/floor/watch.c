// SPDX-License-Identifier: Apache-2.0
//
// What a watcher does at least: it asks what has finished, publishes a message for each, and does for a group of those
// messages one look-up, a GET for each job's results, one COPY, one end, one ack.

#include "floor.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAGE = 200, NUMBERS = 4 << 20 };

static const char *const LOOK_UP = "select id, number from job where number = any($1::bigint[]) and state = 'submitted'";
static const char *const END =
    "with ended as ("
    "    update job set state = 'finished', passed = seen.passed, failed = seen.failed "
    "    from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as seen (id, passed, failed) "
    "    where job.id = seen.id and job.state <> 'finished' returning job.id"
    ") update jobset set pending = pending - (select count(*) from ended) returning pending";

// Which of the lab's numbers have been announced.
static uint8_t announced[NUMBERS];

// Publishes what has finished since; returns how many there were.
static int poll_lab(amqp_connection_state_t channel, char *since, size_t room) {
    static Request request;
    reset(&request);
    putf(&request.path, "jobs/?state=Finished&end_time__gt=%s&ordering=end_time,id&limit=%d", since, PAGE);
    ask(&request, 1);
    json_t *page = json_loadb(request.answer.bytes, request.answer.count, 0, NULL);
    json_t *rows = json_object_get(page, "results");
    if (request.status != 200 || !json_is_array(rows)) die("the lab answered %ld to a poll", request.status);
    int64_t numbers[PAGE];
    int count = 0;
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row) {
        int64_t number = json_integer_value(json_object_get(row, "id"));
        const char *end = json_string_value(json_object_get(row, "end_time"));
        if (number <= 0 || number >= NUMBERS || !end) die("the lab's row makes no sense");
        snprintf(since, room, "%s", end);
        if (announced[number]++) continue;
        numbers[count++] = number;
    }
    json_decref(page);
    if (count) publish(channel, FINISHED, numbers, count);
    return count;
}

static void put_results(Text *rows, int64_t job, const Request *request, int64_t *passed, int64_t *failed) {
    json_t *page = json_loadb(request->answer.bytes, request->answer.count, 0, NULL);
    json_t *results = json_object_get(page, "results");
    if (request->status != 200 || !json_is_array(results)) die("the lab answered %ld for results", request->status);
    size_t index;
    json_t *row;
    *passed = *failed = 0;
    json_array_foreach(results, index, row) {
        const char *name = json_string_value(json_object_get(row, "name"));
        const char *status = json_string_value(json_object_get(row, "result"));
        const char *measurement = json_string_value(json_object_get(row, "measurement"));
        if (!name || !status) die("the lab's result makes no sense");
        *passed += !strcmp(status, "pass");
        *failed += !strcmp(status, "fail");
        putf(rows, "%lld\t%zu\t%s\tsmoke\t%s\t%s\n", (long long)job, index, name, status,
             measurement ? measurement : "\\N");
    }
    json_decref(page);
}

// Stores a group and returns how many jobs are left.
static int end(PGconn *connection, const Text *rows, const int64_t *ids, const int64_t *passed, const int64_t *failed,
               int count) {
    run_only(connection, "begin");
    PQclear(run(connection, "copy result from stdin", 0, NULL));
    if (PQputCopyData(connection, rows->bytes, (int)rows->count) != 1 || PQputCopyEnd(connection, NULL) != 1)
        die("%s", PQerrorMessage(connection));
    PGresult *copied;
    while ((copied = PQgetResult(connection))) {
        if (PQresultStatus(copied) != PGRES_COMMAND_OK) die("%s", PQerrorMessage(connection));
        PQclear(copied);
    }
    static Text parameters[3];
    const int64_t *const columns[3] = {ids, passed, failed};
    for (int i = 0; i < 3; i++) {
        parameters[i].count = 0;
        put_array(&parameters[i], columns[i], count);
    }
    PGresult *result =
        run(connection, END, 3, (const char *[]){parameters[0].bytes, parameters[1].bytes, parameters[2].bytes});
    int pending = atoi(PQgetvalue(result, 0, 0));
    PQclear(result);
    run_only(connection, "commit");
    return pending;
}

int watch(void) {
    PGconn *connection = database();
    amqp_connection_state_t publisher = broker(), consumer = broker();
    publish_with_confirms(publisher);
    consume(consumer, FINISHED);
    static Request requests[GROUP];
    int64_t numbers[GROUP], ids[GROUP], passed[GROUP], failed[GROUP];
    uint64_t tags[GROUP];
    Text list = {0}, rows = {0};
    char since[64] = "2000-01-01T00:00:00";
    int waiting = 0;
    for (;;) {
        if (waiting < 2 * GROUP) waiting += poll_lab(publisher, since, sizeof since);
        int count = take(consumer, 10, numbers, tags);
        if (!count) continue;
        list.count = rows.count = 0;
        put_array(&list, numbers, count);
        int jobs;
        // A job can finish before its number is recorded.
        for (;;) {
            PGresult *found = run(connection, LOOK_UP, 1, (const char *[]){list.bytes});
            jobs = PQntuples(found);
            for (int i = 0; i < jobs && jobs == count; i++) {
                ids[i] = strtoll(PQgetvalue(found, i, 0), NULL, 10);
                reset(&requests[i]);
                putf(&requests[i].path, "jobs/%s/tests/?limit=1000", PQgetvalue(found, i, 1));
            }
            PQclear(found);
            if (jobs == count) break;
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        }
        ask(requests, jobs);
        for (int i = 0; i < jobs; i++) put_results(&rows, ids[i], &requests[i], &passed[i], &failed[i]);
        int pending = end(connection, &rows, ids, passed, failed, jobs);
        ack(consumer, tags[count - 1]);
        waiting -= count;
        if (pending == 0) return 0;
    }
}

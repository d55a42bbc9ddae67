// SPDX-License-Identifier: Apache-2.0
//
// What a submitter does at least, for a group of messages: one claim, a POST for each job, one record, one ack.

#include "floor.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const CLAIM =
    "update job set state = 'claimed' where id = any($1::bigint[]) and state = 'waiting' returning id, definition";
static const char *const RECORD =
    "update job set state = 'submitted', number = made.number "
    "from unnest($1::bigint[], $2::bigint[]) as made (id, number) where job.id = made.id and job.state = 'claimed'";

static void write_submission(Request *request, const char *id, const char *definition) {
    Text text = {0};
    putf(&text, "# floor: %s\n", id);
    put(&text, definition, strlen(definition));
    json_t *body = json_pack("{s:s}", "definition", text.bytes);
    char *json = json_dumps(body, JSON_COMPACT);
    reset(request);
    putf(&request->path, "jobs/");
    put(&request->body, json, strlen(json));
    free(json);
    json_decref(body);
    free(text.bytes);
}

static int64_t number_in(const Request *request) {
    json_t *answer = json_loadb(request->answer.bytes, request->answer.count, 0, NULL);
    int64_t value = json_integer_value(json_array_get(json_object_get(answer, "job_ids"), 0));
    if (request->status != 201 || value <= 0) die("the lab answered %ld to a submission", request->status);
    json_decref(answer);
    return value;
}

int submit(void) {
    PGconn *connection = database();
    amqp_connection_state_t channel = broker();
    consume(channel, JOBS);
    static Request requests[GROUP];
    int64_t ids[GROUP], numbers[GROUP];
    uint64_t tags[GROUP];
    Text first = {0}, second = {0};
    for (;;) {
        int count = take(channel, 100, ids, tags);
        if (!count) continue;
        first.count = 0;
        put_array(&first, ids, count);
        PGresult *claimed = run(connection, CLAIM, 1, (const char *[]){first.bytes});
        int jobs = PQntuples(claimed);
        for (int i = 0; i < jobs; i++) {
            ids[i] = strtoll(PQgetvalue(claimed, i, 0), NULL, 10);
            write_submission(&requests[i], PQgetvalue(claimed, i, 0), PQgetvalue(claimed, i, 1));
        }
        PQclear(claimed);
        ask(requests, jobs);
        for (int i = 0; i < jobs; i++) numbers[i] = number_in(&requests[i]);
        first.count = second.count = 0;
        put_array(&first, ids, jobs);
        put_array(&second, numbers, jobs);
        PQclear(run(connection, RECORD, 2, (const char *[]){first.bytes, second.bytes}));
        ack(channel, tags[count - 1]);
    }
}

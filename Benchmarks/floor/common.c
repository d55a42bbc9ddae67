// SPDX-License-Identifier: Apache-2.0

#include "floor.h"

#include <curl/curl.h>
#include <amqp_tcp_socket.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "floor: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    exit(1);
}

const char *setting(const char *name) {
    const char *value = getenv(name);
    if (!value || !*value) die("%s is not set", name);
    return value;
}

void put(Text *text, const char *bytes, size_t count) {
    if (text->count + count + 1 > text->room) {
        text->room = 2 * (text->count + count) + 64;
        text->bytes = realloc(text->bytes, text->room);
        if (!text->bytes) die("out of memory");
    }
    memcpy(text->bytes + text->count, bytes, count);
    text->count += count;
    text->bytes[text->count] = 0;
}

void putf(Text *text, const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (count < 0 || count >= (int)sizeof line) die("a line is too long");
    put(text, line, (size_t)count);
}

void put_array(Text *text, const int64_t *numbers, int count) {
    put(text, "{", 1);
    for (int i = 0; i < count; i++) putf(text, i ? ",%lld" : "%lld", (long long)numbers[i]);
    put(text, "}", 1);
}

// MARK: PostgreSQL

PGconn *database(void) {
    PGconn *connection = PQconnectdb(setting("FLOOR_DATABASE_URL"));
    if (PQstatus(connection) != CONNECTION_OK) die("%s", PQerrorMessage(connection));
    run_only(connection, "set search_path to floor");
    return connection;
}

PGresult *run(PGconn *connection, const char *sql, int count, const char *const *parameters) {
    PGresult *result = PQexecParams(connection, sql, count, NULL, parameters, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_COPY_IN)
        die("%s", PQerrorMessage(connection));
    return result;
}

void run_only(PGconn *connection, const char *sql) { PQclear(run(connection, sql, 0, NULL)); }

// MARK: RabbitMQ

static void check(amqp_rpc_reply_t reply, const char *what) {
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) die("the broker failed: %s", what);
}

amqp_connection_state_t broker(void) {
    char *url = strdup(setting("FLOOR_BROKER_URL"));
    struct amqp_connection_info info;
    if (amqp_parse_url(url, &info) != AMQP_STATUS_OK) die("FLOOR_BROKER_URL is no URL of a broker");
    amqp_connection_state_t connection = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(connection);
    if (!socket || amqp_socket_open(socket, info.host, info.port)) die("no connection to the broker");
    check(amqp_login(connection, info.vhost, 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, info.user, info.password), "log in");
    amqp_channel_open(connection, 1);
    check(amqp_get_rpc_reply(connection), "channel");
    free(url);
    return connection;
}

void declare(amqp_connection_state_t connection, const char *queue) {
    amqp_table_entry_t type = {
        .key = amqp_cstring_bytes("x-queue-type"),
        .value = {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = amqp_cstring_bytes("quorum")},
    };
    amqp_table_t arguments = {.num_entries = 1, .entries = &type};
    amqp_queue_delete(connection, 1, amqp_cstring_bytes(queue), 0, 0);
    check(amqp_get_rpc_reply(connection), "delete a queue");
    amqp_queue_declare(connection, 1, amqp_cstring_bytes(queue), 0, 1, 0, 0, arguments);
    check(amqp_get_rpc_reply(connection), "declare a queue");
}

void publish_with_confirms(amqp_connection_state_t connection) {
    amqp_confirm_select(connection, 1);
    check(amqp_get_rpc_reply(connection), "confirms");
}

// Publishes' numbers on this connection, as the broker counts them, and up to which it has confirmed all.
static uint64_t published, confirmed;

// The broker confirms in no order; what is not yet confirmed is counted.
static void wait_for_confirms(amqp_connection_state_t connection) {
    static uint8_t *done;
    static uint64_t room;
    while (confirmed < published) {
        if (published + 1 > room) {
            done = realloc(done, 2 * published + 1024);
            if (!done) die("out of memory");
            memset(done + room, 0, 2 * published + 1024 - room);
            room = 2 * published + 1024;
        }
        amqp_frame_t frame;
        if (amqp_simple_wait_frame(connection, &frame) != AMQP_STATUS_OK) die("no confirm came");
        if (frame.frame_type != AMQP_FRAME_METHOD) continue;
        if (frame.payload.method.id == AMQP_BASIC_NACK_METHOD) die("the broker refused a message");
        if (frame.payload.method.id != AMQP_BASIC_ACK_METHOD) continue;
        amqp_basic_ack_t *answer = frame.payload.method.decoded;
        if (answer->multiple) {
            for (uint64_t tag = confirmed + 1; tag <= answer->delivery_tag; tag++) done[tag] = 1;
        } else {
            done[answer->delivery_tag] = 1;
        }
        while (confirmed < published && done[confirmed + 1]) confirmed++;
        amqp_maybe_release_buffers(connection);
    }
}

void publish(amqp_connection_state_t connection, const char *queue, const int64_t *numbers, int count) {
    amqp_basic_properties_t properties = {._flags = AMQP_BASIC_DELIVERY_MODE_FLAG, .delivery_mode = 2};
    for (int i = 0; i < count; i++) {
        char text[32];
        snprintf(text, sizeof text, "%lld", (long long)numbers[i]);
        int failure = amqp_basic_publish(
            connection, 1, amqp_empty_bytes, amqp_cstring_bytes(queue), 0, 0, &properties, amqp_cstring_bytes(text));
        if (failure) die("the broker takes no message: %s", amqp_error_string2(failure));
        published++;
    }
    wait_for_confirms(connection);
}

void consume(amqp_connection_state_t connection, const char *queue) {
    amqp_basic_qos(connection, 1, 0, 2 * GROUP, 0);
    check(amqp_get_rpc_reply(connection), "prefetch");
    amqp_basic_consume(connection, 1, amqp_cstring_bytes(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
    check(amqp_get_rpc_reply(connection), "consume");
}

int take(amqp_connection_state_t connection, int milliseconds, int64_t *numbers, uint64_t *tags) {
    int count = 0;
    while (count < GROUP) {
        struct timeval wait = {.tv_sec = 0, .tv_usec = count ? 0 : milliseconds * 1000};
        amqp_envelope_t envelope;
        amqp_maybe_release_buffers(connection);
        amqp_rpc_reply_t reply = amqp_consume_message(connection, &envelope, &wait, 0);
        if (reply.reply_type != AMQP_RESPONSE_NORMAL) {
            if (reply.library_error == AMQP_STATUS_TIMEOUT) return count;
            die("no message came: %s", amqp_error_string2(reply.library_error));
        }
        char text[32] = {0};
        size_t size = envelope.message.body.len;
        if (size >= sizeof text) die("a message is too long");
        memcpy(text, envelope.message.body.bytes, size);
        numbers[count] = strtoll(text, NULL, 10);
        tags[count++] = envelope.delivery_tag;
        amqp_destroy_envelope(&envelope);
    }
    return count;
}

void ack(amqp_connection_state_t connection, uint64_t last) {
    if (amqp_basic_ack(connection, 1, last, 1)) die("the broker takes no ack");
}

// MARK: the lab

static size_t receive(char *bytes, size_t size, size_t count, void *request) {
    put(&((Request *)request)->answer, bytes, size * count);
    return size * count;
}

void reset(Request *request) { request->path.count = request->body.count = request->answer.count = 0; }

void ask(Request *requests, int count) {
    static CURLM *multi;
    static CURL *handles[GROUP];
    static struct curl_slist *headers;
    if (!multi) {
        curl_global_init(CURL_GLOBAL_ALL);
        multi = curl_multi_init();
        curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS);
        char line[300];
        snprintf(line, sizeof line, "Authorization: Token %s", setting("FLOOR_LAB_TOKEN"));
        headers = curl_slist_append(headers, line);
        headers = curl_slist_append(headers, "Content-Type: application/json");
        headers = curl_slist_append(headers, "Expect:");
        for (int i = 0; i < GROUP; i++) handles[i] = curl_easy_init();
    }
    for (int i = 0; i < count; i++) {
        Text url = {0};
        putf(&url, "%s/api/v0.2/", setting("FLOOR_LAB_URL"));
        put(&url, requests[i].path.bytes, requests[i].path.count);
        CURL *handle = handles[i];
        curl_easy_setopt(handle, CURLOPT_URL, url.bytes);
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive);
        curl_easy_setopt(handle, CURLOPT_WRITEDATA, &requests[i]);
        curl_easy_setopt(handle, CURLOPT_PRIVATE, &requests[i]);
        if (requests[i].body.count) {
            curl_easy_setopt(handle, CURLOPT_POSTFIELDS, requests[i].body.bytes);
            curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, (long)requests[i].body.count);
        } else {
            curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
        }
        curl_multi_add_handle(multi, handle);
        free(url.bytes);
    }
    int running = count;
    while (running) {
        if (curl_multi_perform(multi, &running) != CURLM_OK) die("curl failed");
        if (running) curl_multi_poll(multi, NULL, 0, 1000, NULL);
        CURLMsg *message;
        int left;
        while ((message = curl_multi_info_read(multi, &left))) {
            if (message->data.result != CURLE_OK) die("the lab: %s", curl_easy_strerror(message->data.result));
            Request *request;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &request);
            curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &request->status);
            curl_multi_remove_handle(multi, message->easy_handle);
        }
    }
}

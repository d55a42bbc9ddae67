// SPDX-License-Identifier: Apache-2.0
// What Swift can't call of libcurl: curl_easy_setopt and curl_easy_getinfo take variable arguments.
#ifndef MUSTER_CCURL_SHIM_H
#define MUSTER_CCURL_SHIM_H

#include <curl/curl.h>
#include <string.h>

typedef struct {
    const char *bytes;
    size_t left;
} ccurl_upload;

static inline CURLcode ccurl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_receivers(CURL *handle, struct curl_slist *receivers) {
    return curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, receivers);
}

static inline size_t ccurl_read(char *buffer, size_t size, size_t count, void *context) {
    ccurl_upload *upload = context;
    size_t taken = size * count < upload->left ? size * count : upload->left;
    memcpy(buffer, upload->bytes, taken);
    upload->bytes += taken;
    upload->left -= taken;
    return taken;
}

// The upload must outlive the transfer.
static inline CURLcode ccurl_set_upload(CURL *handle, ccurl_upload *upload) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_READFUNCTION, ccurl_read);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_READDATA, upload);
    return code;
}

// The last reply's status, 0 before the first.
static inline long ccurl_status(CURL *handle) {
    long status = 0;
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0;
}

static inline CURLcode ccurl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

#endif

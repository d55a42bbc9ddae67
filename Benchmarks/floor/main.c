// SPDX-License-Identifier: Apache-2.0

#include "floor.h"

#include <stdlib.h>
#include <string.h>

int main(int count, char **arguments) {
    const char *verb = count > 1 ? arguments[1] : "";
    if (!strcmp(verb, "prepare")) return fill(0);
    if (!strcmp(verb, "fill") && count == 3 && atoi(arguments[2]) > 0) return fill(atoi(arguments[2]));
    if (!strcmp(verb, "submit")) return submit();
    if (!strcmp(verb, "watch")) return watch();
    die("usage: floor prepare | fill JOBS | submit | watch");
}

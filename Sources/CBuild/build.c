// SPDX-License-Identifier: Apache-2.0

#include "CBuild.h"

// Package.swift passes it. It is in C because Swift takes no values from the command line, and in a module of its own
// so that a new commit compiles only this file.
#ifndef MUSTER_COMMIT
#define MUSTER_COMMIT ""
#endif

const char *muster_build_commit(void) { return MUSTER_COMMIT; }

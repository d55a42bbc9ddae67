// SPDX-License-Identifier: Apache-2.0

// Every test of this target waits by the same limit.
@_exported import TestSupport

// SPDX-License-Identifier: Apache-2.0

#ifndef MUSTER_CBUILD_H
#define MUSTER_CBUILD_H

/// The commit that the program was built from, or an empty text if the build did not say.
const char *_Nonnull muster_build_commit(void);

#endif

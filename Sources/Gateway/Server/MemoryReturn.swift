// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How the C library keeps memory that has been freed.
enum MemoryReturn {
    /// Blocks of this many bytes and more are mapped, and unmapped when they are freed.
    private static let mappedBytes: Int32 = 1 << 20
    /// The most heaps; each keeps what is free between blocks that are not.
    private static let maximumArenas: Int32 = 4

    /// Has large blocks given back to the system as soon as they are freed. To be called before any thread is started.
    ///
    /// Left alone, glibc takes the largest block that was ever freed, up to 32 MiB, for the usual size, and keeps such
    /// blocks from then on (`mallopt(3)`, `M_MMAP_THRESHOLD`): after a few large bodies as much again was never given back.
    static func configure() {
        // As in <malloc.h>, which is no part of Swift's Glibc; another C library may have no such function.
        let (threshold, arenas): (Int32, Int32) = (-3, -8)
        guard let symbol = dlsym(nil, "mallopt") else { return }
        let mallopt = unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32) -> Int32).self)
        _ = mallopt(threshold, mappedBytes)
        _ = mallopt(arenas, maximumArenas)
    }
}

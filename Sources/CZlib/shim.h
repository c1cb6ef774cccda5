#pragma once
#include <zlib.h>

// A macro in zlib, which Swift does not see: gzip's wrapping only, with the largest window.
static inline int forewarn_begin_gunzip(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}

/* The processor's own instructions, where pgassay uses them: for 16 bytes at a time, for SHA-256, for checksums of pages. */
#if defined(__x86_64__)
#include <emmintrin.h>
#endif
#include "pagesum.h"
#include "sha256.h"

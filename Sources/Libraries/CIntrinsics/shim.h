/* The processor's own instructions, where pgassay uses them: for 16 bytes at a time, and for SHA-256. */
#if defined(__x86_64__)
#include <emmintrin.h>
#endif
#include "sha256.h"

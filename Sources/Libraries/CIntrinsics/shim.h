/* The processor's own instructions for 16 bytes at a time, where pgassay uses them. */
#if defined(__x86_64__)
#include <emmintrin.h>
#endif

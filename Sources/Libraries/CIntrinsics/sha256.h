/* SHA-256 with the processor's own instructions for it (FIPS 180-4; Intel, "SHA Extensions"): of one stream, or of two at once.
 *
 * In one stream each of these instructions needs the result of the one before it, which takes four cycles, and the processor could
 * begin one every two cycles. So two streams at once take little longer than one.
 */
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

/* Whether this processor has them. */
static inline int pgassay_has_sha256(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1) || !(c & bit_SSSE3)) return 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 29)) != 0;
}

static const uint32_t pgassay_sha256_constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* What follows are macros and not functions, so that all stays in registers, however the compiler unrolls loops and inlines.
 *
 * Each name of a stream begins with its letter. The instructions keep the eight words of a state as a, b, e, f and c, d, g, h. */
#define PGASSAY_SHA256_BEGIN(s, state)                                                                                     \
    __m128i s##low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state)), 0xB1);                                   \
    __m128i s##high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)((state) + 4)), 0x1B);                            \
    __m128i s##abef = _mm_alignr_epi8(s##low, s##high, 8), s##cdgh = _mm_blend_epi16(s##high, s##low, 0xF0);

#define PGASSAY_SHA256_WORDS(place)                                                                                        \
    _mm_shuffle_epi8(                                                                                                      \
        _mm_loadu_si128((const __m128i *)(place)), _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL))

#define PGASSAY_SHA256_LOAD(s, bytes)                                                                                      \
    __m128i s##abef_before = s##abef, s##cdgh_before = s##cdgh;                                                            \
    __m128i s##w0 = PGASSAY_SHA256_WORDS(bytes), s##w1 = PGASSAY_SHA256_WORDS((bytes) + 16);                               \
    __m128i s##w2 = PGASSAY_SHA256_WORDS((bytes) + 32), s##w3 = PGASSAY_SHA256_WORDS((bytes) + 48);

/* Four of the 64 rounds, with the words w0; in their place come the words of sixteen rounds later. */
#define PGASSAY_SHA256_FOUR(s, four, w0, w1, w2, w3)                                                                       \
    {                                                                                                                      \
        __m128i sums = _mm_add_epi32(                                                                                      \
            s##w0, _mm_load_si128((const __m128i *)(pgassay_sha256_constants + 4 * (four))));                              \
        s##cdgh = _mm_sha256rnds2_epu32(s##cdgh, s##abef, sums);                                                           \
        if ((four) < 12) {                                                                                                 \
            __m128i next = _mm_sha256msg1_epu32(s##w0, s##w1);                                                             \
            next = _mm_add_epi32(next, _mm_alignr_epi8(s##w3, s##w2, 4));                                                  \
            s##w0 = _mm_sha256msg2_epu32(next, s##w3);                                                                     \
        }                                                                                                                  \
        s##abef = _mm_sha256rnds2_epu32(s##abef, s##cdgh, _mm_shuffle_epi32(sums, 0x0E));                                  \
    }

#define PGASSAY_SHA256_SIXTEEN(EACH, from)                                                                                 \
    EACH((from) + 0, w0, w1, w2, w3)                                                                                       \
    EACH((from) + 1, w1, w2, w3, w0)                                                                                       \
    EACH((from) + 2, w2, w3, w0, w1)                                                                                       \
    EACH((from) + 3, w3, w0, w1, w2)

#define PGASSAY_SHA256_ROUNDS(EACH)                                                                                        \
    PGASSAY_SHA256_SIXTEEN(EACH, 0)                                                                                        \
    PGASSAY_SHA256_SIXTEEN(EACH, 4)                                                                                        \
    PGASSAY_SHA256_SIXTEEN(EACH, 8)                                                                                        \
    PGASSAY_SHA256_SIXTEEN(EACH, 12)

#define PGASSAY_SHA256_ADD(s)                                                                                              \
    s##abef = _mm_add_epi32(s##abef, s##abef_before);                                                                      \
    s##cdgh = _mm_add_epi32(s##cdgh, s##cdgh_before);

#define PGASSAY_SHA256_END(s, state)                                                                                       \
    s##low = _mm_shuffle_epi32(s##abef, 0x1B);                                                                             \
    s##high = _mm_shuffle_epi32(s##cdgh, 0xB1);                                                                            \
    _mm_storeu_si128((__m128i *)(state), _mm_blend_epi16(s##low, s##high, 0xF0));                                          \
    _mm_storeu_si128((__m128i *)((state) + 4), _mm_alignr_epi8(s##high, s##low, 8));

#define PGASSAY_SHA256_OF_ONE(four, w0, w1, w2, w3) PGASSAY_SHA256_FOUR(x, four, w0, w1, w2, w3)
#define PGASSAY_SHA256_OF_TWO(four, w0, w1, w2, w3)                                                                        \
    PGASSAY_SHA256_FOUR(x, four, w0, w1, w2, w3)                                                                           \
    PGASSAY_SHA256_FOUR(y, four, w0, w1, w2, w3)

/* Adds blocks of 64 bytes to a state of eight words. */
static __attribute__((noinline, target("sha,sse4.1"))) void pgassay_sha256_one(
    uint32_t *state, const uint8_t *bytes, size_t blocks) {
    PGASSAY_SHA256_BEGIN(x, state)
    for (; blocks > 0; blocks--, bytes += 64) {
        PGASSAY_SHA256_LOAD(x, bytes)
        PGASSAY_SHA256_ROUNDS(PGASSAY_SHA256_OF_ONE)
        PGASSAY_SHA256_ADD(x)
    }
    PGASSAY_SHA256_END(x, state)
}

/* Adds as many blocks to each of two states. */
static __attribute__((noinline, target("sha,sse4.1"))) void pgassay_sha256_two(
    uint32_t *state, const uint8_t *bytes, uint32_t *other, const uint8_t *more, size_t blocks) {
    PGASSAY_SHA256_BEGIN(x, state)
    PGASSAY_SHA256_BEGIN(y, other)
    for (; blocks > 0; blocks--, bytes += 64, more += 64) {
        PGASSAY_SHA256_LOAD(x, bytes)
        PGASSAY_SHA256_LOAD(y, more)
        PGASSAY_SHA256_ROUNDS(PGASSAY_SHA256_OF_TWO)
        PGASSAY_SHA256_ADD(x)
        PGASSAY_SHA256_ADD(y)
    }
    PGASSAY_SHA256_END(x, state)
    PGASSAY_SHA256_END(y, other)
}
#endif

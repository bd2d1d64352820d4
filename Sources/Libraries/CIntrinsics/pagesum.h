/* The 32 sums of a page of PostgreSQL (`pg_checksum_block`), eight in a register. */
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <stdint.h>

/* Whether this processor has AVX2, and the kernel keeps its registers. */
static inline int pgassay_has_avx2(void) {
    unsigned a, b, c, d, kept, unused;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return 0;
    __asm__("xgetbv" : "=a"(kept), "=d"(unused) : "c"(0));
    return (kept & 6) == 6 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX2) != 0;
}

#define PGASSAY_PAGE_MIX(sum, word)                                                                                        \
    sum = _mm256_xor_si256(sum, word);                                                                                     \
    sum = _mm256_xor_si256(_mm256_mullo_epi32(sum, prime), _mm256_srli_epi32(sum, 17));

/* The sums of a page, folded into one. The field of the checksum itself counts as zero.
 * page: 8192 bytes.   start: the 32 values that the sums begin with. */
static __attribute__((noinline, target("avx2"))) uint32_t pgassay_page_sum(const uint8_t *page, const uint32_t *start) {
    const __m256i prime = _mm256_set1_epi32(16777619), zero = _mm256_setzero_si256();
    const __m256i *words = (const __m256i *)page, *starts = (const __m256i *)start;
    __m256i s0 = _mm256_loadu_si256(starts), s1 = _mm256_loadu_si256(starts + 1);
    __m256i s2 = _mm256_loadu_si256(starts + 2), s3 = _mm256_loadu_si256(starts + 3);
    /* `pd_checksum` is the lower half of the third word. */
    __m256i mask = _mm256_setr_epi32(-1, -1, (int)0xFFFF0000, -1, -1, -1, -1, -1);
    for (int row = 0; row < 64; row++, words += 4) {
        PGASSAY_PAGE_MIX(s0, _mm256_and_si256(_mm256_loadu_si256(words), mask))
        PGASSAY_PAGE_MIX(s1, _mm256_loadu_si256(words + 1))
        PGASSAY_PAGE_MIX(s2, _mm256_loadu_si256(words + 2))
        PGASSAY_PAGE_MIX(s3, _mm256_loadu_si256(words + 3))
        mask = _mm256_set1_epi32(-1);
    }
    for (int round = 0; round < 2; round++) {
        PGASSAY_PAGE_MIX(s0, zero)
        PGASSAY_PAGE_MIX(s1, zero)
        PGASSAY_PAGE_MIX(s2, zero)
        PGASSAY_PAGE_MIX(s3, zero)
    }
    __m256i all = _mm256_xor_si256(_mm256_xor_si256(s0, s1), _mm256_xor_si256(s2, s3));
    __m128i half = _mm_xor_si128(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
    half = _mm_xor_si128(half, _mm_shuffle_epi32(half, 0x4E));
    half = _mm_xor_si128(half, _mm_shuffle_epi32(half, 0xB1));
    return (uint32_t)_mm_cvtsi128_si32(half);
}
#endif

#include <xxhash.h>

/* Swift calls no function that returns this struct by value as fast as one that fills in two numbers. */
static inline void pgassay_xxh3_128(const void *bytes, size_t count, uint64_t *low, uint64_t *high) {
    XXH128_hash_t hash = XXH3_128bits(bytes, count);
    *low = hash.low64;
    *high = hash.high64;
}

/* The same of bytes that come in pieces. The state has an alignment that Swift does not know. */
static inline void *pgassay_xxh3_new(void) {
    XXH3_state_t *state = XXH3_createState();
    if (state) XXH3_128bits_reset(state);
    return state;
}
static inline void pgassay_xxh3_free(void *state) { XXH3_freeState((XXH3_state_t *)state); }
static inline void pgassay_xxh3_reset(void *state) { XXH3_128bits_reset((XXH3_state_t *)state); }
static inline void pgassay_xxh3_add(void *state, const void *bytes, size_t count) {
    XXH3_128bits_update((XXH3_state_t *)state, bytes, count);
}
static inline void pgassay_xxh3_value(void *state, uint64_t *low, uint64_t *high) {
    XXH128_hash_t hash = XXH3_128bits_digest((XXH3_state_t *)state);
    *low = hash.low64;
    *high = hash.high64;
}

/* The hash of another key than 0. */
static inline void pgassay_xxh3_128_of_seed(
    const void *bytes, size_t count, uint64_t seed, uint64_t *low, uint64_t *high) {
    XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, count, seed);
    *low = hash.low64;
    *high = hash.high64;
}

// The inner loop of every recall. Plain C that the compiler turns into vector instructions, compiled once for each generation of
// them; the loader picks the widest that the machine has. Rejected: intrinsics, which measured no faster here, as beyond the
// caches the scan waits for memory.

#include "vector_scan.h"

#if defined(__x86_64__) && defined(__linux__)
#define FOR_EACH_GENERATION __attribute__((target_clones("avx512bw", "avx2", "default")))
#else
#define FOR_EACH_GENERATION
#endif

FOR_EACH_GENERATION
void recollect_dot_products(const int8_t *rows, size_t count, size_t dimensions, const int8_t *query, int32_t *products) {
    for (size_t row = 0; row < count; row++) {
        const int8_t *components = rows + row * dimensions;
        int32_t sum = 0;
        for (size_t place = 0; place < dimensions; place++) {
            sum += (int16_t)components[place] * (int16_t)query[place];
        }
        products[row] = sum;
    }
}

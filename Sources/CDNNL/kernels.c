#include "kernels.h"

// The steps between the products are compiled for three kinds of CPU from one text, and chosen by what this one has.
// Vectors have 16 floats everywhere: one register of AVX-512, two of AVX2, four of SSE or NEON.

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma"))), apply_to = function)
#define NAMED(name) name##_avx512
#include "kernels.inc"
#undef NAMED
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAMED(name) name##_avx2
#include "kernels.inc"
#undef NAMED
#pragma clang attribute pop
#endif

#define NAMED(name) name##_plain
#include "kernels.inc"
#undef NAMED

#if defined(__x86_64__)
#define RUN(name, ...)                                                                                     \
    do {                                                                                                   \
        if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")                       \
            && __builtin_cpu_supports("avx512dq")) name##_avx512(__VA_ARGS__);                             \
        else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) name##_avx2(__VA_ARGS__); \
        else name##_plain(__VA_ARGS__);                                                                    \
    } while (0)
#else
#define RUN(name, ...) name##_plain(__VA_ARGS__)
#endif

void cdnnl_normalise(float *rows, int count, int width, const float *scale, const float *shift, float epsilon) {
    RUN(normalise, rows, count, width, scale, shift, epsilon);
}

void cdnnl_attend(const float *projections, int tokens, int width, float *target) {
    RUN(attend, projections, tokens, width, target);
}

void cdnnl_pool(const float *rows, int count, int width, float *target) {
    RUN(pool, rows, count, width, target);
}

void cdnnl_pack(
    const float *rows, int count, int width, const float *divisors, cdnnl_precision precision, void *target) {
    switch (precision) {
    case CDNNL_FLOAT32:
        break;
    case CDNNL_BFLOAT16:
        RUN(pack_halves, rows, (long)count * width, target);
        break;
    case CDNNL_INT8:
        RUN(pack_groups, rows, count, width, divisors, target, 0, width);
        break;
    }
}

void pack_gelu(float *values, int count, uint8_t *target, int group, int target_width) {
    RUN(gelu, values, (long)count * group_width);
    RUN(pack_groups, values, count, group_width, NULL, target, group, target_width);
}

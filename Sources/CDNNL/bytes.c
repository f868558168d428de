#include "bytes.h"
#include "kernels.h"

#include <math.h>
#include <stdlib.h>

// Products in bytes, which oneDNN has too, but with one scale for a whole row of the weights and one for all inputs. For this
// model that is too coarse: cosines fall to 0.985. Here every 128 inputs have a scale of their own, on both sides:
//     sum over groups of  (Σ byte · weight) · step · scale  -  zero · (Σ weight) · scale
// where a byte stands for byte · step - zero and a weight for weight · scale. Σ weight is known in advance.
//
// Weights lie in panels of 64 outputs, in a panel four inputs of each output side by side, which is what one instruction takes:
// it multiplies 64 pairs and adds them up in 16 sums. Six rows times 64 outputs fill 24 registers with sums; the weights of a
// panel are read from memory once, and from the first level of the cache for the rows after that.

enum { panel_width = 64, inputs_at_once = 4, tile_rows = 6, block_rows = 48 };

struct byte_matrix {
    int inputs, outputs;
    /// For each panel, group and four inputs: 64 outputs of four weights.
    int8_t *weights;
    /// For each panel and group: 64 scales, then 64 sums of weights times their scale.
    float *scales;
    float *bias;
};

static void *room(size_t bytes) { return aligned_alloc(64, (bytes + 63) / 64 * 64); }

void byte_matrix_free(struct byte_matrix *matrix) {
    if (!matrix) return;
    free(matrix->weights);
    free(matrix->scales);
    free(matrix->bias);
    free(matrix);
}

/// Rounds the weights of one output and one group into their places.
static void round_group(const float *weights, int8_t *target, float *scale) {
    float greatest = 0;
    for (int input = 0; input < group_width; input++) greatest = fmaxf(greatest, fabsf(weights[input]));
    const float step = greatest > 0 ? greatest / 127 : 1;
    int sum = 0;
    for (int input = 0; input < group_width; input++) {
        const int weight = (int)lrintf(weights[input] / step);
        target[input / inputs_at_once * panel_width * inputs_at_once + input % inputs_at_once] = (int8_t)weight;
        sum += weight;
    }
    scale[0] = step;
    scale[panel_width] = step * (float)sum;
}

struct byte_matrix *byte_matrix_create(int inputs, int outputs, const float *weights, const float *bias) {
    if (inputs % group_width || outputs % group_width) return NULL;
    struct byte_matrix *matrix = calloc(1, sizeof *matrix);
    if (!matrix) return NULL;
    const int groups = inputs / group_width;
    matrix->inputs = inputs;
    matrix->outputs = outputs;
    matrix->weights = room((size_t)inputs * (size_t)outputs);
    matrix->scales = room((size_t)groups * (size_t)outputs * 2 * sizeof(float));
    matrix->bias = room((size_t)outputs * sizeof(float));
    if (!matrix->weights || !matrix->scales || !matrix->bias) {
        byte_matrix_free(matrix);
        return NULL;
    }
    for (int output = 0; output < outputs; output++) {
        matrix->bias[output] = bias[output];
        const int panel = output / panel_width, column = output % panel_width;
        for (int group = 0; group < groups; group++) {
            const long place = (long)panel * groups + group;
            round_group(
                weights + (long)output * inputs + group * group_width,
                matrix->weights + place * group_width * panel_width + column * inputs_at_once,
                matrix->scales + place * 2 * panel_width + column);
        }
    }
    return matrix;
}

#if defined(__x86_64__)
#include <immintrin.h>

enum { vectors = panel_width / 16 };

bool multiplies_bytes(void) {
    return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma"))), apply_to = function)

/// Before a loop whose sums are to stay in registers.
#define EACH _Pragma("clang loop unroll(full)")

/// `rows` rows times one panel. Inlined for each number of rows, so that the sums stay in registers.
static inline __attribute__((always_inline)) void multiply_tile(
    const struct byte_matrix *matrix, int panel, int rows, const uint8_t *source, bool adds, float *target, long stride) {
    const int groups = matrix->inputs / group_width;
    const long source_stride = row_bytes_of_groups(matrix->inputs);
    const int8_t *weights = matrix->weights + (long)panel * matrix->inputs * panel_width;
    const float *scales = matrix->scales + (long)panel * groups * 2 * panel_width;
    __m512 totals[tile_rows][vectors];
    EACH for (int row = 0; row < rows; row++) {
        EACH for (int at = 0; at < vectors; at++) {
            totals[row][at] = _mm512_load_ps(matrix->bias + panel * panel_width + at * 16);
        }
    }
    for (int group = 0; group < groups; group++) {
        __m512i sums[tile_rows][vectors];
        EACH for (int row = 0; row < rows; row++) {
            EACH for (int at = 0; at < vectors; at++) sums[row][at] = _mm512_setzero_si512();
        }
        const uint8_t *bytes = source + group * group_width;
        for (int input = 0; input < group_width; input += inputs_at_once) {
            __m512i weight[vectors];
            EACH for (int at = 0; at < vectors; at++) weight[at] = _mm512_load_si512(weights + at * 64);
            weights += panel_width * inputs_at_once;
            EACH for (int row = 0; row < rows; row++) {
                int32_t four;
                __builtin_memcpy(&four, bytes + row * source_stride + input, sizeof four);
                const __m512i spread = _mm512_set1_epi32(four);
                EACH for (int at = 0; at < vectors; at++) {
                    sums[row][at] = _mm512_dpbusd_epi32(sums[row][at], spread, weight[at]);
                }
            }
        }
        EACH for (int row = 0; row < rows; row++) {
            struct group_scale scale;
            __builtin_memcpy(
                &scale, source + row * source_stride + matrix->inputs + group * (long)sizeof scale, sizeof scale);
            const __m512 step = _mm512_set1_ps(scale.step), zero = _mm512_set1_ps(scale.zero);
            EACH for (int at = 0; at < vectors; at++) {
                const __m512 factor = _mm512_mul_ps(step, _mm512_load_ps(scales + at * 16));
                const __m512 shift = _mm512_load_ps(scales + panel_width + at * 16);
                totals[row][at] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[row][at]), factor, totals[row][at]);
                totals[row][at] = _mm512_fnmadd_ps(zero, shift, totals[row][at]);
            }
        }
        scales += 2 * panel_width;
    }
    EACH for (int row = 0; row < rows; row++) {
        EACH for (int at = 0; at < vectors; at++) {
            float *place = target + row * stride + at * 16;
            if (adds) totals[row][at] = _mm512_add_ps(totals[row][at], _mm512_loadu_ps(place));
            _mm512_storeu_ps(place, totals[row][at]);
        }
    }
}

static void multiply_panel(
    const struct byte_matrix *matrix, int panel, int rows, const uint8_t *source, bool adds, float *target, long stride) {
    const long source_stride = row_bytes_of_groups(matrix->inputs);
    for (int row = 0; row < rows; row += tile_rows) {
        const uint8_t *from = source + row * source_stride;
        float *to = target + row * stride;
        switch (rows - row) {
        case 1: multiply_tile(matrix, panel, 1, from, adds, to, stride); break;
        case 2: multiply_tile(matrix, panel, 2, from, adds, to, stride); break;
        case 3: multiply_tile(matrix, panel, 3, from, adds, to, stride); break;
        case 4: multiply_tile(matrix, panel, 4, from, adds, to, stride); break;
        case 5: multiply_tile(matrix, panel, 5, from, adds, to, stride); break;
        default: multiply_tile(matrix, panel, tile_rows, from, adds, to, stride); break;
        }
    }
}

#pragma clang attribute pop

void byte_matrix_multiply(
    const struct byte_matrix *matrix, cdnnl_operation operation, int rows, const uint8_t *source, void *target) {
    const int outputs = matrix->outputs, panels = outputs / panel_width;
    for (int first = 0; first < rows; first += block_rows) {
        const int count = rows - first < block_rows ? rows - first : block_rows;
        const uint8_t *from = source + first * row_bytes_of_groups(matrix->inputs);
        if (operation == CDNNL_GELU) {
            // A group at a time, so that it is packed while it is in the cache.
            float group[block_rows * group_width];
            for (int panel = 0; panel < panels; panel += group_width / panel_width) {
                multiply_panel(matrix, panel, count, from, false, group, group_width);
                multiply_panel(matrix, panel + 1, count, from, false, group + panel_width, group_width);
                uint8_t *to = (uint8_t *)target + first * row_bytes_of_groups(outputs);
                pack_gelu(group, count, to, panel * panel_width / group_width, outputs);
            }
        } else {
            float *to = (float *)target + (long)first * outputs;
            for (int panel = 0; panel < panels; panel++) {
                multiply_panel(matrix, panel, count, from, operation == CDNNL_ADD, to + panel * panel_width, outputs);
            }
        }
    }
}
#else
bool multiplies_bytes(void) { return false; }

void byte_matrix_multiply(
    const struct byte_matrix *matrix, cdnnl_operation operation, int rows, const uint8_t *source, void *target) {}
#endif

#pragma once

#include <stdbool.h>
#include <stdint.h>

// What the encoder computes with: matrix products, by oneDNN (releases 2 and 3) or in bytes, and the few steps between them.
// Nothing here starts a thread: a call computes on the thread that makes it.

/// In which type the products take their inputs. What they add up to is float32.
typedef enum {
    CDNNL_FLOAT32,
    CDNNL_BFLOAT16,
    /// Bytes, with a scale for every 128 of them.
    CDNNL_INT8,
} cdnnl_precision;

/// What a product does with x · Wᵀ + b.
typedef enum {
    /// Stores it, as float32.
    CDNNL_STORE,
    /// Adds it to what is there, float32.
    CDNNL_ADD,
    /// Stores its GELU, in the product's precision.
    CDNNL_GELU,
} cdnnl_operation;

/// A matrix of weights and its bias, in the layout in which the CPU multiplies fastest. Immutable: any thread may use it.
typedef struct cdnnl_matrix cdnnl_matrix;

/// A product prepared for one number of rows. One thread at a time may run it.
typedef struct cdnnl_product cdnnl_product;

/// Whether the CPU has instructions that multiply in a precision.
bool cdnnl_multiplies(cdnnl_precision precision);

/// How many bytes a row of `width` elements takes where a product reads it; `width` is a multiple of 128.
long cdnnl_row_bytes(cdnnl_precision precision, int width);

/// The release of oneDNN that is loaded, such as 20603 for 2.6.3.
int cdnnl_version(void);

/// Keeps oneDNN's work on the calling thread; whoever makes or runs products says so before, as a thread may be another one.
void cdnnl_use_one_thread(void);

/// Copies weights, `outputs` rows of `inputs` float32 each, into the fastest layout; NULL if that cannot be done.
cdnnl_matrix *cdnnl_matrix_create(
    cdnnl_precision precision, int inputs, int outputs, const float *weights, const float *bias);

/// Frees a matrix, after every product that runs with it.
void cdnnl_matrix_free(cdnnl_matrix *matrix);

/// Prepares the product of `rows` rows with any matrix of the shape and precision of `matrix`; NULL if that cannot be done.
cdnnl_product *cdnnl_product_create(const cdnnl_matrix *matrix, cdnnl_operation operation, int rows);

/// Multiplies: `source` has rows of the precision, `target` rows as the operation stores them. False if oneDNN failed.
bool cdnnl_product_run(cdnnl_product *product, const cdnnl_matrix *matrix, const void *source, void *target);

/// Frees a product.
void cdnnl_product_free(cdnnl_product *product);

/// Normalises each row in place to mean 0 and variance 1, scales and shifts it. `width` is a multiple of 16.
void cdnnl_normalise(float *rows, int count, int width, const float *scale, const float *shift, float epsilon);

/// Attention of one sequence of at most 256 tokens, by heads of 32. `projections` has for each token its queries, keys and
/// values, `width` floats each; `target` gets `width` floats a token.
void cdnnl_attend(const float *projections, int tokens, int width, float *target);

/// Copies rows as a product of a precision reads them, each element divided by its column's divisor unless `divisors` is
/// NULL. Of no use for float32, which products read as it is.
void cdnnl_pack(
    const float *rows, int count, int width, const float *divisors, cdnnl_precision precision, void *target);

/// The mean of some rows, scaled to length 1.
void cdnnl_pool(const float *rows, int count, int width, float *target);

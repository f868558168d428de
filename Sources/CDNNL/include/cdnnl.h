#pragma once

#include <stdbool.h>
#include <stdint.h>

// What the encoder computes with: matrix products by oneDNN (releases 2 and 3), and the few steps between them.
// Nothing here starts a thread: a call computes on the thread that makes it.

/// In which type the products take their inputs. Sums are float32 in both.
typedef enum {
    CDNNL_FLOAT32,
    CDNNL_BFLOAT16,
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

/// Whether the CPU multiplies bfloat16 itself.
bool cdnnl_multiplies_bfloat16(void);

/// The release of oneDNN that is loaded, such as 20603 for 2.6.3.
int cdnnl_version(void);

/// Keeps oneDNN's work on the calling thread; each thread that makes or runs products says so once.
void cdnnl_use_one_thread(void);

/// Copies weights, `outputs` rows of `inputs` float32 each, into oneDNN's layout; NULL if that cannot be done.
cdnnl_matrix *cdnnl_matrix_create(
    cdnnl_precision precision, int inputs, int outputs, const float *weights, const float *bias);

/// Frees a matrix, after every product that runs with it.
void cdnnl_matrix_free(cdnnl_matrix *matrix);

/// Prepares the product of `rows` rows with any matrix of the shape and precision of `matrix`; NULL if that cannot be done.
cdnnl_product *cdnnl_product_create(const cdnnl_matrix *matrix, cdnnl_operation operation, int rows);

/// Multiplies: `source` has rows × inputs elements of the precision, `target` rows × outputs. False if oneDNN failed.
bool cdnnl_product_run(cdnnl_product *product, const cdnnl_matrix *matrix, const void *source, void *target);

/// Frees a product.
void cdnnl_product_free(cdnnl_product *product);

/// Normalises each row in place to mean 0 and variance 1, scales and shifts it, and copies it as bfloat16 unless `copy` is
/// NULL. `width` is a multiple of 16.
void cdnnl_normalise(
    float *rows, int count, int width, const float *scale, const float *shift, float epsilon, uint16_t *copy);

/// Attention of one sequence of at most 256 tokens, by heads of 32. `projections` has for each token its queries, keys and
/// values, `width` floats each; `target` gets `width` elements a token, bfloat16 if asked for.
void cdnnl_attend(const float *projections, int tokens, int width, bool as_bfloat16, void *target);

/// The mean of some rows, scaled to length 1.
void cdnnl_pool(const float *rows, int count, int width, float *target);

#include "bytes.h"
#include "kernels.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <dnnl.h>

// A matrix decides once, for a typical number of rows, which layout of its weights is best; products of every other number of
// rows are prepared for that layout, so that weights are laid out once and lie in memory once.
static const int typical_rows = 16;

// oneDNN 3 made memory descriptors handles, which are freed, and merged the steps that make a primitive.
#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t descriptor;
typedef const_dnnl_memory_desc_t descriptor_view;
#define VIEW(descriptor) (descriptor)
#else
typedef dnnl_memory_desc_t descriptor;
typedef const dnnl_memory_desc_t *descriptor_view;
#define VIEW(descriptor) (&(descriptor))
#endif

struct cdnnl_matrix {
    cdnnl_precision precision;
    int inputs, outputs;
    /// The weights where they are bytes; oneDNN's are below.
    struct byte_matrix *bytes;
    descriptor layout;
    dnnl_memory_t weights, bias;
};

struct cdnnl_product {
    cdnnl_operation operation;
    int rows;
    dnnl_primitive_t primitive;
    dnnl_stream_t stream;
    dnnl_memory_t source, target, scratchpad;
};

static dnnl_engine_t engine;
static pthread_once_t engine_once = PTHREAD_ONCE_INIT;

static void make_engine(void) {
    if (dnnl_engine_create(&engine, dnnl_cpu, 0) != dnnl_success) engine = NULL;
}

static dnnl_data_type_t type_of(cdnnl_precision precision) {
    return precision == CDNNL_BFLOAT16 ? dnnl_bf16 : dnnl_f32;
}

static bool make_descriptor(descriptor *made, int rows, int columns, dnnl_data_type_t type, dnnl_format_tag_t tag) {
    dnnl_dims_t shape = {rows, columns};
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_desc_create_with_tag(made, 2, shape, type, tag) == dnnl_success;
#else
    return dnnl_memory_desc_init_by_tag(made, 2, shape, type, tag) == dnnl_success;
#endif
}

static void free_descriptor(descriptor *made) {
#if DNNL_VERSION_MAJOR >= 3
    if (*made) dnnl_memory_desc_destroy(*made);
#else
    (void)made;
#endif
}

static bool copy_descriptor(descriptor *made, descriptor_view from) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_desc_clone(made, from) == dnnl_success;
#else
    *made = *from;
    return true;
#endif
}

static bool append_operation(dnnl_post_ops_t steps, cdnnl_operation operation) {
    switch (operation) {
    case CDNNL_STORE:
        return true;
#if DNNL_VERSION_MAJOR >= 3
    case CDNNL_ADD:
        return dnnl_post_ops_append_sum(steps, 1, 0, dnnl_data_type_undef) == dnnl_success;
    case CDNNL_GELU:
        return dnnl_post_ops_append_eltwise(steps, dnnl_eltwise_gelu_erf, 0, 0) == dnnl_success;
#else
    case CDNNL_ADD:
        return dnnl_post_ops_append_sum(steps, 1) == dnnl_success;
    case CDNNL_GELU:
        return dnnl_post_ops_append_eltwise(steps, 1, dnnl_eltwise_gelu_erf, 0, 0) == dnnl_success;
#endif
    }
    return false;
}

/// Describes x · Wᵀ + b; `weights` may leave the layout to oneDNN.
static dnnl_primitive_desc_t describe(
    cdnnl_precision precision, int rows, int inputs, int outputs, descriptor_view weights, cdnnl_operation operation) {
    dnnl_primitive_desc_t described = NULL;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_post_ops_t steps = NULL;
    descriptor source = {0}, bias = {0}, target = {0};
    dnnl_data_type_t stored = operation == CDNNL_GELU ? type_of(precision) : dnnl_f32;
    bool ready = make_descriptor(&source, rows, inputs, type_of(precision), dnnl_ab)
        && make_descriptor(&bias, 1, outputs, dnnl_f32, dnnl_ab)
        && make_descriptor(&target, rows, outputs, stored, dnnl_ab)
        && dnnl_primitive_attr_create(&attributes) == dnnl_success
        && dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user) == dnnl_success
        && dnnl_post_ops_create(&steps) == dnnl_success
        && append_operation(steps, operation)
        && dnnl_primitive_attr_set_post_ops(attributes, steps) == dnnl_success;
    if (ready) {
#if DNNL_VERSION_MAJOR >= 3
        if (dnnl_matmul_primitive_desc_create(&described, engine, source, weights, bias, target, attributes)
            != dnnl_success) described = NULL;
#else
        dnnl_matmul_desc_t product;
        if (dnnl_matmul_desc_init(&product, &source, weights, &bias, &target) != dnnl_success
            || dnnl_primitive_desc_create(&described, &product, attributes, engine, NULL) != dnnl_success)
            described = NULL;
#endif
    }
    if (steps) dnnl_post_ops_destroy(steps);
    if (attributes) dnnl_primitive_attr_destroy(attributes);
    free_descriptor(&source);
    free_descriptor(&bias);
    free_descriptor(&target);
    return described;
}

bool cdnnl_multiplies(cdnnl_precision precision) {
    switch (precision) {
    case CDNNL_FLOAT32:
        return true;
    case CDNNL_BFLOAT16:
        // Each set of instructions has the bits of those it includes.
        return (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
    case CDNNL_INT8:
        return multiplies_bytes();
    }
    return false;
}

long cdnnl_row_bytes(cdnnl_precision precision, int width) {
    return precision == CDNNL_INT8 ? row_bytes_of_groups(width) : (long)width * (precision == CDNNL_BFLOAT16 ? 2 : 4);
}

int cdnnl_version(void) {
    const dnnl_version_t *version = dnnl_version();
    return version->major * 10000 + version->minor * 100 + version->patch;
}

void cdnnl_use_one_thread(void) {
    // By name, because only a oneDNN built with OpenMP brings the function along, and no other needs it.
    void (*set_threads)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (set_threads) set_threads(1);
}

/// Copies `weights` into a layout.
static bool lay_out(const float *weights, int inputs, int outputs, descriptor_view layout, dnnl_memory_t into) {
    descriptor plain = {0};
    dnnl_memory_t from = NULL;
    dnnl_primitive_desc_t described = NULL;
    dnnl_primitive_t reorder = NULL;
    dnnl_stream_t stream = NULL;
    // A row of the weights is one output: as the product's second factor they are transposed.
    bool done = make_descriptor(&plain, inputs, outputs, dnnl_f32, dnnl_ba)
        && dnnl_memory_create(&from, VIEW(plain), engine, (void *)weights) == dnnl_success
        && dnnl_reorder_primitive_desc_create(&described, VIEW(plain), engine, layout, engine, NULL) == dnnl_success
        && dnnl_primitive_create(&reorder, described) == dnnl_success
        && dnnl_stream_create(&stream, engine, dnnl_stream_default_flags) == dnnl_success;
    if (done) {
        dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, into}};
        done = dnnl_primitive_execute(reorder, stream, 2, arguments) == dnnl_success
            && dnnl_stream_wait(stream) == dnnl_success;
    }
    if (stream) dnnl_stream_destroy(stream);
    if (reorder) dnnl_primitive_destroy(reorder);
    if (described) dnnl_primitive_desc_destroy(described);
    if (from) dnnl_memory_destroy(from);
    free_descriptor(&plain);
    return done;
}

cdnnl_matrix *cdnnl_matrix_create(
    cdnnl_precision precision, int inputs, int outputs, const float *weights, const float *bias) {
    pthread_once(&engine_once, make_engine);
    cdnnl_matrix *matrix = calloc(1, sizeof *matrix);
    if (!matrix || !engine) {
        free(matrix);
        return NULL;
    }
    matrix->precision = precision;
    matrix->inputs = inputs;
    matrix->outputs = outputs;
    if (precision == CDNNL_INT8) {
        matrix->bytes = multiplies_bytes() ? byte_matrix_create(inputs, outputs, weights, bias) : NULL;
        if (matrix->bytes) return matrix;
        free(matrix);
        return NULL;
    }
    descriptor any = {0}, bias_layout = {0};
    dnnl_primitive_desc_t described = NULL;
    bool done = make_descriptor(&any, inputs, outputs, type_of(precision), dnnl_format_tag_any)
        && make_descriptor(&bias_layout, 1, outputs, dnnl_f32, dnnl_ab)
        && (described = describe(precision, typical_rows, inputs, outputs, VIEW(any), CDNNL_STORE))
        && copy_descriptor(&matrix->layout, dnnl_primitive_desc_query_md(described, dnnl_query_weights_md, 0))
        && dnnl_memory_create(&matrix->weights, VIEW(matrix->layout), engine, DNNL_MEMORY_ALLOCATE) == dnnl_success
        && dnnl_memory_create(&matrix->bias, VIEW(bias_layout), engine, DNNL_MEMORY_ALLOCATE) == dnnl_success
        && lay_out(weights, inputs, outputs, VIEW(matrix->layout), matrix->weights);
    void *biases = NULL;
    done = done && dnnl_memory_get_data_handle(matrix->bias, &biases) == dnnl_success;
    if (done) {
        for (int output = 0; output < outputs; output++) ((float *)biases)[output] = bias[output];
    }
    if (described) dnnl_primitive_desc_destroy(described);
    free_descriptor(&any);
    free_descriptor(&bias_layout);
    if (done) return matrix;
    cdnnl_matrix_free(matrix);
    return NULL;
}

void cdnnl_matrix_free(cdnnl_matrix *matrix) {
    if (!matrix) return;
    byte_matrix_free(matrix->bytes);
    if (matrix->weights) dnnl_memory_destroy(matrix->weights);
    if (matrix->bias) dnnl_memory_destroy(matrix->bias);
    free_descriptor(&matrix->layout);
    free(matrix);
}

cdnnl_product *cdnnl_product_create(const cdnnl_matrix *matrix, cdnnl_operation operation, int rows) {
    cdnnl_product *product = calloc(1, sizeof *product);
    if (!product) return NULL;
    product->operation = operation;
    product->rows = rows;
    if (matrix->bytes) return product;
    dnnl_primitive_desc_t described =
        describe(matrix->precision, rows, matrix->inputs, matrix->outputs, VIEW(matrix->layout), operation);
    bool done = described
        && dnnl_primitive_create(&product->primitive, described) == dnnl_success
        && dnnl_stream_create(&product->stream, engine, dnnl_stream_default_flags) == dnnl_success
        && dnnl_memory_create(
            &product->source, dnnl_primitive_desc_query_md(described, dnnl_query_src_md, 0), engine,
            DNNL_MEMORY_NONE) == dnnl_success
        && dnnl_memory_create(
            &product->target, dnnl_primitive_desc_query_md(described, dnnl_query_dst_md, 0), engine,
            DNNL_MEMORY_NONE) == dnnl_success
        && dnnl_memory_create(
            &product->scratchpad, dnnl_primitive_desc_query_md(described, dnnl_query_scratchpad_md, 0), engine,
            DNNL_MEMORY_ALLOCATE) == dnnl_success;
    if (described) dnnl_primitive_desc_destroy(described);
    if (done) return product;
    cdnnl_product_free(product);
    return NULL;
}

bool cdnnl_product_run(cdnnl_product *product, const cdnnl_matrix *matrix, const void *source, void *target) {
    if (matrix->bytes) {
        byte_matrix_multiply(matrix->bytes, product->operation, product->rows, source, target);
        return true;
    }
    dnnl_exec_arg_t arguments[] = {
        {DNNL_ARG_SRC, product->source},   {DNNL_ARG_WEIGHTS, matrix->weights},       {DNNL_ARG_BIAS, matrix->bias},
        {DNNL_ARG_DST, product->target}, {DNNL_ARG_SCRATCHPAD, product->scratchpad},
    };
    return dnnl_memory_set_data_handle(product->source, (void *)source) == dnnl_success
        && dnnl_memory_set_data_handle(product->target, target) == dnnl_success
        && dnnl_primitive_execute(product->primitive, product->stream, 5, arguments) == dnnl_success
        && dnnl_stream_wait(product->stream) == dnnl_success;
}

void cdnnl_product_free(cdnnl_product *product) {
    if (!product) return;
    if (product->source) dnnl_memory_destroy(product->source);
    if (product->target) dnnl_memory_destroy(product->target);
    if (product->scratchpad) dnnl_memory_destroy(product->scratchpad);
    if (product->stream) dnnl_stream_destroy(product->stream);
    if (product->primitive) dnnl_primitive_destroy(product->primitive);
    free(product);
}

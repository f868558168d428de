"""A forward pass of the model in numpy, in the type of the weights: independent of the server's, and as slow as it is plain."""

import math

import numpy

LAYERS, HEADS, WIDTH = 6, 12, 384


def normalised(rows, weights, name):
    mean = rows.mean(axis=-1, keepdims=True)
    variance = ((rows - mean) ** 2).mean(axis=-1, keepdims=True)
    return (rows - mean) / numpy.sqrt(variance + 1e-12) * weights[name + ".weight"] + weights[name + ".bias"]


def forward(ids, weights, see=lambda rows: None):
    """The last layer's rows. `see` is shown what each layer's projections read, and then what its inner product reads."""

    def dense(rows, name):
        return rows @ weights[name + ".weight"].T + weights[name + ".bias"]

    prefix = "embeddings."
    rows = weights[prefix + "word_embeddings.weight"][ids]
    rows = rows + weights[prefix + "position_embeddings.weight"][: len(ids)]
    rows = rows + weights[prefix + "token_type_embeddings.weight"][0]
    rows = normalised(rows, weights, prefix + "LayerNorm")
    error_function = numpy.vectorize(math.erf)
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}."

        def heads(name):
            return dense(rows, prefix + "attention.self." + name).reshape(len(ids), HEADS, -1).transpose(1, 0, 2)

        see(rows)
        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(WIDTH / HEADS)
        scores = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        context = (scores @ value).transpose(1, 0, 2).reshape(len(ids), WIDTH)
        context = dense(context, prefix + "attention.output.dense")
        rows = normalised(rows + context, weights, prefix + "attention.output.LayerNorm")
        see(rows)
        inner = dense(rows, prefix + "intermediate.dense")
        inner = inner * 0.5 * (1 + error_function(inner / math.sqrt(2)))
        rows = normalised(rows + dense(inner, prefix + "output.dense"), weights, prefix + "output.LayerNorm")
    return rows

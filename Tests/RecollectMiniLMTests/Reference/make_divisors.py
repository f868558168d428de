"""Makes divisors.bin: how the inputs of products in bytes are evened out, from what some texts make of them.

    pip install numpy safetensors tokenizers
    python3 make_divisors.py FOLDER        FOLDER holds model.safetensors and tokenizer.json

A few columns of the model's normalised rows are many times larger than the others, and a byte that must span them leaves the
others a few steps. So each column is divided by a factor, and the weights that meet it are multiplied by it: by the root of its
largest input over its largest weight, as Xiao et al., "SmoothQuant" (2022), do with an exponent of one half. For each layer
384 factors for the projections and 384 for the inner product, each a byte e that stands for 2 to the power of e / 8.
"""

import sys
from pathlib import Path

import numpy
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from forward import LAYERS, WIDTH, forward

TARGET = Path(__file__).parents[3] / "Sources/RecollectMiniLM/Divisors/divisors.bin"

TEXTS = [
    "The caller wants to move the appointment from Thursday to next Monday at 9:30.",
    "Who did Maria meet at the conference in Lisbon last spring?",
    "Order #88213 was shipped twice; one parcel must come back.",
    "Prefers to be called in the evening, never before six.",
    "What is the name of his youngest daughter?",
    "He is vegetarian, allergic to nuts and loves spicy food.",
    "On 14 February 2024 they decided to adopt a dog from the shelter.",
    "Premium plan, yearly billing, card ending in 0042, renewal on 1 July.",
    "I can't log in: it says 'invalid token' every time I try.",
    "She has been learning the cello since she was eleven and plays in an orchestra.",
    "yes",
    "???",
    "When and where was the photo taken?",
    "Der Kunde bittet um Rückruf wegen der Rechnung vom März.",
    "La clienta prefiere que le escriban por correo electrónico.",
    "Le client voudrait résilier son abonnement à la fin du mois.",
    "顧客は来週の火曜日に電話を希望しています。",
    "Пожалуйста, позвоните мне завтра после обеда.",
    "🙏 thanks so much!!! 😊",
    "error 0x80070005 at C:\\Windows\\System32, build 22631.4460",
    "The agent explained the warranty, offered a replacement and promised an answer within two working days. The customer "
    "agreed, asked for a confirmation by e-mail and mentioned that the first device had failed in the same way after a year.",
    "Talked about the marathon, the weather in Oslo, a broken washing machine and plans for the summer holidays. " * 6,
]


def readers(weights, layer):
    """The weights that meet the projections' inputs and those that meet the inner product's."""
    prefix = f"encoder.layer.{layer}."
    yield numpy.concatenate([weights[f"{prefix}attention.self.{name}.weight"] for name in ("query", "key", "value")])
    yield weights[prefix + "intermediate.dense.weight"]


def main():
    folder = Path(sys.argv[1])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    weights = {name: tensor.astype(numpy.float64) for name, tensor in load_file(folder / "model.safetensors").items()}
    largest = numpy.zeros((2 * LAYERS, WIDTH))
    for text in TEXTS:
        seen = []
        forward(tokenizer.encode(text).ids, weights, seen.append)
        largest = numpy.maximum(largest, [numpy.abs(rows).max(axis=0) for rows in seen])
    met = numpy.array([numpy.abs(matrix).max(axis=0) for layer in range(LAYERS) for matrix in readers(weights, layer)])
    exponents = numpy.rint(8 * numpy.log2(numpy.sqrt(largest / met)))
    assert numpy.abs(exponents).max() <= 127
    TARGET.write_bytes(exponents.astype(numpy.int8).tobytes())


main()

"""Makes texts.json, vectors.bin and scalars.sha256: what the model makes of some texts, computed independently of the server.

    pip install numpy safetensors tokenizers
    python3 make.py FOLDER        FOLDER holds model.safetensors and tokenizer.json

Token ids are those of the `tokenizers` package. Vectors are a forward pass in numpy, float64 throughout, of those ids.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from forward import forward

HERE = Path(__file__).parent

# Texts of every length and kind; their vectors are stored too.
EMBEDDED = [
    "",
    "a",
    "Hello, world!",
    "The customer prefers email over phone calls.",
    "Anna asked for a refund of order 4711 because the parcel arrived damaged.",
    "Prefers window seats; allergic to peanuts.",
    "When did Caroline go to the LGBTQ support group?",
    "7 May 2023",
    "He moved from Sweden four years ago and has been painting since 2016.",
    "Kündigung zum 31.12., bitte schriftlich bestätigen.",
    "El cliente quiere cambiar su número de teléfono.",
    "お客様は返品を希望しています。",
    "客户希望在星期五之前收到货物",
    "고객은 환불을 원합니다",
    "العميل يريد استرداد المال",
    "🙂🙂 great service 👍🏽",
    "ACME-42/b: firmware v1.2.3-rc4 @ 192.168.0.1",
    "https://example.com/a/b?c=d&e=f#g",
    "SELECT * FROM orders WHERE id = 7; -- not a question",
    "supercalifragilisticexpialidocious antidisestablishmentarianism",
    "The agent offered a discount of 15 %, which was accepted. " * 3,
    "She said she would call back on Tuesday, but never did. " * 12,
    "A long conversation about nothing in particular, told in many words. " * 40,
    " ".join(str(number * number) for number in range(200)),
]

# Awkward texts; of these the token ids alone are stored.
AWKWARD = [
    " ", "\n\t\r", "\u0000", "a\u0000b", "\ufffd", "x\ufffdy", "\u007f\u0080\u009f", "tab\tnew\nline\rreturn\u000bvt\u000cff",
    "\u00a0no\u00a0break\u00a0", "zero\u200bwidth\u200djoiner\u200cnon\u2060word\ufeffbom", "soft\u00adhyphen",
    "\u2028line\u2029paragraph\u3000ideographic", "\u202eright to left override\u202c", "\u061cmark\u200f\u200e",
    "naïve café résumé", "nai\u0308ve cafe\u0301", "Z\u0351\u036b\u0343alg\u0301o\u0334\u0338", "\u0301", "a\u0301\u0302\u0303b",
    "İstanbul ISTANBUL ıstanbul İ", "Straße STRASSE ẞ ß", "ﬁ ﬂ ﬀ ﬃ ﬅ", "Ǆ ǅ ǆ ǉ", "ŒŒœÆæØø Ð ð Þ þ Ł ł", "ΑΣ ΣΑΣ Σ ς σ Ὀδυσσεύς",
    "Ω Ω K K Å Å", "ⅷ Ⅷ ² ³ ½ ①②③ ㏒ ™ ℃", "ｆｕｌｌｗｉｄｔｈ ＡＢＣ １２３ ！", "ЁЖИК ёжик Й й", "ў Ў ї Ї ґ", "Tiếng Việt: Đường phố ở Hà Nội",
    "한국어 각 가 힣 ㄱㄴㄷ ᄀ", "각", "がぎぐ ガギグ か\u3099", "漢字かな交じり文", "日本", "中文测试。，！", "㐀 𠀀 豈 更 丽", "ㄅㄆㄇ",
    "עברית שָׁלוֹם", "العَرَبِيَّة ٱلْعَرَبِيَّة", "हिन्दी क़ ख़ नमस्ते", "বাংলা ো ৌ", "தமிழ் கொ", "ไทย ภาษาไทย ำ", "བོད་ཡིག ཱི", "မြန်မာ", "ខ្មែរ", "ქართული Ⴀ", "Ꭰꭰ",
    "👩‍👩‍👧‍👦 family", "🇩🇪 flag", "👍🏿", "🫠 new", "☺️ ☺", "♥", "\U0001f9d1\u200d\U0001f4bb",
    "\ud7ff\ue000\uffff", "\ufffe", "\U0001ffff \U0010ffff", "\U000e0001tag", "\ufe0f", "\u034f", "\u115f\u3164", "\u180e",
    "don't can't it's O'Brien rock'n'roll", "“quotes” ‘single’ «guillemets» „low“", "em—dash en–dash hy-phen minus−sign",
    "a+b=c <d> |e| ~f ^g `h` $i", "€5 £6 ¥7 ¢8 ₹9", "50% §1 ¶2 †3 •4 …5", "_under_score_ __init__", "¿Qué? ¡Sí!", "a\u0307 i\u0307",
    "x" * 99, "x" * 100, "x" * 101, "x" * 5000, "é" * 100, "é" * 101, "a" * 50 + "." + "b" * 51, "ab" * 50 + "c",
    "[CLS]", "[SEP] [MASK] [PAD] [UNK]", "a[SEP]b", "[cls]", "[CLS", "[[CLS]]", "[CLS][SEP]", "[ CLS ]", "##ing ing ##", "#hashtag # ##",
    "unaffable unaffordable", "qqqqqqqq zzzxxyy", "ⓐⓑⓒ", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝒜 𝟙", "𐐀𐐨", "ꙮ", "\u0e33\u0eb3", "ǰ ΐ ΰ և ẖ", "ﬓ ﬔ", "≠ ≯ ≮", "`", "\u037e", "\u0387", "\u1fef", "\u2000\u2001",
    "word " * 253, "word " * 254, "word " * 255, "word " * 300, "unbelievably " * 130, "中" * 300, ". " * 400,
    "mixed 中文 and English, ünd Ümläute; числа 123４５６", "e\u0301" * 60, "\u0345ͅα ᾳ", "\u1e9b\u0323", "\u212b", "\u0344", "\u0f73\u0f75\u0f81", "\U0001d165\u302e a",
]


def encode(tokenizer, text):
    return tokenizer.encode(text).ids


def embed(ids, weights):
    mean = forward(ids, weights).mean(axis=0)
    return mean / numpy.linalg.norm(mean)


def main():
    folder = Path(sys.argv[1])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    weights = {name: tensor.astype(numpy.float64) for name, tensor in load_file(folder / "model.safetensors").items()}
    awkward = [text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for text in AWKWARD]
    texts = [{"text": text, "tokens": encode(tokenizer, text)} for text in EMBEDDED + awkward]
    lines = [json.dumps(entry, separators=(",", ":")) for entry in texts]
    (HERE / "texts.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    vectors = numpy.stack([embed(entry["tokens"], weights) for entry in texts[: len(EMBEDDED)]])
    (HERE / "vectors.bin").write_bytes(vectors.astype("<f4").tobytes())
    digest = hashlib.sha256()
    scalars = [chr(value) for value in range(0x20000) if not 0xD800 <= value <= 0xDFFF]
    for encoding in tokenizer.encode_batch([f"a{scalar}b {scalar}" for scalar in scalars]):
        digest.update(numpy.array(encoding.ids, "<u2").tobytes())
    (HERE / "scalars.sha256").write_text(digest.hexdigest() + "\n")


main()

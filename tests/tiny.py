"""Models of a few thousand random weights, whole enough for transformers and vLLM: text, and text with images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

TEMPLATE = (
    "{% for m in messages %}{% if m['role'] == 'tool' %}{{ raise_exception('no tools here') }}{% endif %}"
    "{{ m['role'] }}:{% if m['content'] is string %}{{ m['content'] }}{% else %}{% for p in m['content'] %}"
    "{% if p['type'] == 'image' %}<image>{% else %}{{ p['text'] }}{% endif %}{% endfor %}{% endif %}<end>"
    "{% endfor %}{% if add_generation_prompt %}a:{% endif %}"
)
# Heads as wide as the attention of vLLM's CPU build wants them: 32.
TEXT = {
    "hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
    "num_key_value_heads": 1, "eos_token_id": 0, "pad_token_id": 1, "bos_token_id": None,
}  # fmt: skip


def tokenizer(**more: Any) -> Any:
    """Letters, digits and signs as tokens of their own."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = [chr(c) for c in range(32, 127)]
    vocabulary = {token: i for i, token in enumerate(["<end>", "<pad>", "<unk>", "</answer>", *letters])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    made.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<end>", pad_token="<pad>", unk_token="<unk>",
        **{"additional_special_tokens": ["</answer>"], "chat_template": TEMPLATE, **more},
    )  # fmt: skip


def llama(folder: Path) -> Path:
    """A random Llama with a context of 64 tokens."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    path = folder / "llama"
    LlamaForCausalLM(LlamaConfig(vocab_size=99, max_position_embeddings=64, **TEXT)).save_pretrained(path)
    tokenizer().save_pretrained(path)
    return path


def idefics(folder: Path) -> Path:
    """A random Idefics3 that makes four tokens of a 64 × 64 image, with a context of 128."""
    import torch
    from transformers import Idefics3Config, Idefics3ForConditionalGeneration, Idefics3Processor
    from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

    torch.manual_seed(0)
    words = tokenizer(
        additional_special_tokens=["<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>"]
    )
    config = Idefics3Config(
        vision_config={
            "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64,
            "image_size": 64, "patch_size": 16,
        },
        text_config={"model_type": "llama", "vocab_size": len(words), "max_position_embeddings": 128, **TEXT},
        image_token_id=words.convert_tokens_to_ids("<image>"), scale_factor=2, pad_token_id=1,
    )  # fmt: skip
    path = folder / "idefics"
    Idefics3ForConditionalGeneration(config).save_pretrained(path)
    images = Idefics3ImageProcessorPil(
        do_image_splitting=False, size={"longest_edge": 64}, max_image_size={"longest_edge": 64}
    )
    Idefics3Processor(images, words, image_seq_len=4, chat_template=TEMPLATE).save_pretrained(path)
    return path

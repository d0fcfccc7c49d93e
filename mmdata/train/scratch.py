"""A small vision-language model with random weights, its tokenizer learnt from the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mmdata.train.config import Scratch

SPECIAL = ("<pad>", "<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>")
TAGS = ("<think>", "</think>", "<answer>", "</answer>")
"""Tokens, but not special ones: GRPO decodes with special tokens left out, and would never see an answer."""
TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: "
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endif %}<end_of_utterance>\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)


def processor(config: Scratch, texts: Iterator[str]) -> Any:
    """Tokenizer and image processor of the model."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import Idefics3Processor, PreTrainedTokenizerFast
    from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    learner = trainers.BpeTrainer(
        vocab_size=config.vocabulary - len(TAGS), special_tokens=list(SPECIAL), show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    made.train_from_iterator(texts, learner)
    made.add_tokens([AddedToken(tag, special=False, normalized=False) for tag in TAGS])
    words = PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", eos_token="<end_of_utterance>", chat_template=TEMPLATE,
        extra_special_tokens=["<image>", "<fake_token_around_image>", "<global-img>"],
        model_max_length=config.context, clean_up_tokenization_spaces=False,
    )  # fmt: skip
    side = {"longest_edge": config.image_size}
    # The Pillow processor: the usual one needs torchvision, of which PyPI has no CPU build.
    images = Idefics3ImageProcessorPil(do_image_splitting=False, size=side, max_image_size=side)
    return Idefics3Processor(images, words, image_seq_len=config.image_tokens, chat_template=TEMPLATE)


def model(config: Scratch, words: Any) -> Any:
    """The model for a tokenizer. Whoever wants the same weights seeds torch first."""
    from transformers import Idefics3Config, Idefics3ForConditionalGeneration

    end, pad = words.convert_tokens_to_ids("<end_of_utterance>"), words.convert_tokens_to_ids("<pad>")
    settings = Idefics3Config(
        vision_config={
            "hidden_size": config.vision_hidden, "intermediate_size": 4 * config.vision_hidden,
            "num_hidden_layers": config.vision_layers, "num_attention_heads": config.heads,
            "image_size": config.image_size, "patch_size": config.patch_size,
        },
        text_config={
            "model_type": "llama", "vocab_size": len(words), "hidden_size": config.text_hidden,
            "intermediate_size": 4 * config.text_hidden, "num_hidden_layers": config.text_layers,
            "num_attention_heads": config.heads, "num_key_value_heads": config.heads,
            "max_position_embeddings": config.context, "tie_word_embeddings": True,
            "bos_token_id": None, "eos_token_id": end, "pad_token_id": pad,
        },
        scale_factor=config.scale_factor, image_token_id=words.convert_tokens_to_ids("<image>"),
        tie_word_embeddings=True, pad_token_id=pad, eos_token_id=end, bos_token_id=None,
    )  # fmt: skip
    return Idefics3ForConditionalGeneration(settings)

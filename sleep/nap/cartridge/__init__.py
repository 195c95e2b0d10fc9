"""A nap as a KV cartridge, for models that run in this process.

After Eyuboglu et al. 2025 (arXiv 2506.06266): the keys and values of a few tokens stand for a longer text. They begin
as those of the text itself and are trained by self-study: the model asks itself about the text, and answers without it
as it answers with it. peft's CARTRIDGE keeps them on disk; its own way of attaching them knows attention layers only,
hence ``attached`` for hybrids like the shipped model. docs/nap.md explains it.
"""

"""mmdata: a recipe goes in; a verified, licensed, traceable multimodal reasoning corpus comes out."""

__version__ = "0.1.0"

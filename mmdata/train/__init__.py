"""The bundled trainer: does this data teach? Thin, on TRL."""

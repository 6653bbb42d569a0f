"""Find industrial-scale distillation of a language model in the request logs of its API."""

__version__ = "0.1.0"

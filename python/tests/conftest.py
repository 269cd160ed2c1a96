"""Fixtures for every test."""

from support import corpus, program, sentences

__all__ = ["corpus", "program", "sentences"]

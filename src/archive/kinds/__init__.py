"""The record kinds of the archive, each declared once, a module for each subject.

Fields follow the exchange formats of Chinese market supervision; the streams are the grammar
that indicator declarations are written in.
"""

from .index import KINDS, SUBJECTS, contract_of

__all__ = ["KINDS", "SUBJECTS", "contract_of"]

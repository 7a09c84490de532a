"""Output heads: queries to scores over choices, and choices back to embeddings."""

from ptrnet_suite.model.config import HeadConfig
from ptrnet_suite.model.heads.base import Head
from ptrnet_suite.model.heads.copying import CopyHead
from ptrnet_suite.model.heads.pointer import PointerHead
from ptrnet_suite.model.heads.vocabulary import VocabularyHead
from ptrnet_suite.task.spec import Spec

__all__ = ["Head", "make_head"]


def make_head(spec: Spec, config: HeadConfig, width: int) -> Head:
    """The head that the task's outputs ask for."""
    if spec.outputs == "pointer":
        return PointerHead(spec, config, width)
    return (CopyHead if spec.copies else VocabularyHead)(spec, config, width)

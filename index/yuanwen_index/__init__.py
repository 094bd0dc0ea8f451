"""Yuanwen's retriever: files -> articles -> passages -> an index folder -> ranked passages.

from yuanwen_index import Retriever, build_index

build_index([Path("articles")], Path(".yuanwen"))
for hit in Retriever.open(".yuanwen").search("...", k=5):
    print(hit.passage.article.document.source, hit.passage.text)
"""

from __future__ import annotations

from .articles import (
    Article,
    article_record,
    parse_articles,
)
from .build import (
    BuildReport,
    build_index,
)
from .closeness import (
    read_best,
)
from .copying import (
    copy_index,
)
from .documents import (
    Document,
    Skipped,
    Span,
    find_files,
    read_document,
    text_document,
)
from .encoders import (
    Encoder,
    StaticEncoder,
    load_encoder,
)
from .errors import (
    DocumentUnreadable,
    EncoderUnavailable,
    IndexCorrupt,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    IndexUnreachable,
    IndexUnusable,
    MissingExtra,
    UsageError,
    YuanwenError,
)
from .files import (
    FileState,
    Origin,
)
from .filters import (
    ANYWHERE,
    Filter,
    Metadata,
)
from .fusion import (
    fuse,
)
from .hits import (
    Hit,
    Ranks,
)
from .keys import (
    fold,
)
from .layout.lines import (
    without_layout_breaks,
)
from .passages import (
    Passage,
    sentence_spans,
    split_passages,
)
from .places import (
    MilvusPlace,
    Place,
    place_of,
)
from .rebuild import (
    RebuildReport,
    rebuild_index,
)
from .retriever import (
    Retriever,
)
from .terms import (
    TermIndex,
)
from .updates import (
    add_documents,
    delete_documents,
    update_documents,
)
from .vectors import (
    VectorIndex,
)
from .verification import (
    Verification,
    verify_index,
)

__all__ = [
    "ANYWHERE",
    "Article",
    "BuildReport",
    "Document",
    "DocumentUnreadable",
    "Encoder",
    "EncoderUnavailable",
    "FileState",
    "Filter",
    "Hit",
    "IndexCorrupt",
    "IndexLocked",
    "IndexMismatch",
    "IndexMissing",
    "IndexUnreachable",
    "IndexUnusable",
    "Metadata",
    "MilvusPlace",
    "MissingExtra",
    "Origin",
    "Passage",
    "Place",
    "Ranks",
    "RebuildReport",
    "Retriever",
    "Skipped",
    "Span",
    "StaticEncoder",
    "TermIndex",
    "UsageError",
    "VectorIndex",
    "Verification",
    "YuanwenError",
    "add_documents",
    "article_record",
    "build_index",
    "copy_index",
    "delete_documents",
    "find_files",
    "fold",
    "fuse",
    "load_encoder",
    "parse_articles",
    "place_of",
    "read_best",
    "read_document",
    "rebuild_index",
    "sentence_spans",
    "split_passages",
    "text_document",
    "update_documents",
    "verify_index",
    "without_layout_breaks",
]
